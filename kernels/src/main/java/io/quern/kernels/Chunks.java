package io.quern.kernels;

/** The pieces of a row in which weights are stored and multiplied: scales first, then the codes that they belong to. */
final class Chunks {
    /** Inputs of an ordinary chunk. Chunks of long groups are as long as the group. */
    static final int INPUTS = 256;

    /** Most scale blocks of a chunk. */
    static final int MAX_BLOCKS = 16;

    /** All rows are padded to a multiple of this. */
    static final int PADDING = 32;

    private Chunks() {}

    static int padded(int columns) {
        return (columns + PADDING - 1) / PADDING * PADDING;
    }

    static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }
}
