/**
 * Tokenizers: from GGUF metadata, from {@code tokenizer.json} and from {@code tokenizer.model}. A text goes through
 * {@link io.quern.tokenizer.SpecialTokens} (which cuts out tokens that mean themselves), then through an
 * {@link io.quern.tokenizer.Engine} (pieces, then merges). Used by the packages that read files, through
 * {@link io.quern.tokenizer.GgufTokenizer} and {@link io.quern.tokenizer.HubTokenizer}; everybody else sees
 * {@link io.quern.Tokenizer} only.
 */
package io.quern.tokenizer;
