/**
 * From logits to the next token, and from text to the place where it stops. Sees numbers and strings only: no model, no
 * tokenizer. Used by the generation loop.
 */
package io.quern.sampling;
