package io.quern.tokenizer;

/** Where a tokenizer puts a space in front of text, so that a word at the beginning is the same token as elsewhere. */
enum SpacePrefix {
    NEVER,
    /** In front of the whole text, unless it begins with a special token. */
    FIRST,
    /** In front of the text and again after each special token. */
    ALWAYS;

    boolean applies(boolean atStart) {
        return this == ALWAYS || this == FIRST && atStart;
    }
}
