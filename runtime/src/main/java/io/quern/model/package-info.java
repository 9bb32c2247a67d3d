/**
 * The forward pass of Llama-family transformers, from token ids to logits, and what it needs: packed weights, cache,
 * workers.
 */
package io.quern.model;
