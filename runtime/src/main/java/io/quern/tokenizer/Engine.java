package io.quern.tokenizer;

/** Turns plain text into ids. Immutable. */
interface Engine {
    /**
     * Appends the ids of a fragment: what stands between two special tokens, or before the first, or after the last
     * one.
     *
     * @param fragment not empty, without special tokens and unpaired surrogates
     * @param atStart  whether the whole text begins with it
     */
    void encode(String fragment, boolean atStart, IntList out);
}
