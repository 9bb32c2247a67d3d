package io.quern.kernels;

/** What a kernel does for each term of a code plane, packed into an int. */
final class PlaneSteps {
    /** Take a new word first. */
    static final int LOAD = 16;

    /** The last of the terms of a run. */
    static final int END = 32;

    /** The lowest bits: how far the word is shifted. */
    static final int SHIFT = 15;

    private static final int WORD_PLACE = 8;

    private PlaneSteps() {}

    static int step(int word, int shift, boolean load, boolean end) {
        return word << WORD_PLACE | shift | (load ? LOAD : 0) | (end ? END : 0);
    }

    /** The word of a step, within its unit. */
    static int word(int step) {
        return step >>> WORD_PLACE;
    }
}
