/**
 * What the model needs of a checkpoint, whatever its file format: the configuration, the weights under their roles, the
 * tokenizer and the chat template. The packages {@code gguf} and {@code safetensors} implement it; the model never
 * sees them.
 */
package io.quern.checkpoint;
