/**
 * GGUF files: reading their header, metadata and tensors, and what a model needs of them. Knows nothing of the
 * model's code.
 */
package io.quern.gguf;
