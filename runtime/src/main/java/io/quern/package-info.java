/** The public API: load a model, talk to it, or feed it tokens and read logits. */
package io.quern;
