package io.quern.kernels;

/**
 * What integer kernels multiply the words of a code plane by. A kernel on 16-bit lanes takes a word w and adds
 * {@code (w >>> shift) * c} for each shift at which a code begins, with no mask: what is too much, the codes above,
 * {@code 2^bits * (w >>> shift of the next)}, is taken off the next shift's factor,
 * {@code c = x - 2^bits * x of the previous code}. In the end all that wraps around 2^16 on the way has come back.
 *
 * <p>A term stands for two inputs, an even one in the low half of 32 bits and the odd one after it in the high half.
 *
 * @param pair of each term in a unit of 32 inputs: which pair of inputs its code belongs to
 * @param previous the pair of the code below in the same word, or -1
 * @param bits of a code
 */
record IntegerTerms(int[] pair, int[] previous, int bits) {
    int count() {
        return pair.length;
    }

    /** {@code factors[at + t]} for the terms of one unit, from its 16 pairs of integers. */
    void factors(int[] pairs, int[] factors, int at) {
        for (int t = 0; t < pair.length; t++) {
            int x = pairs[pair[t]];
            int below = previous[t] < 0 ? 0 : pairs[previous[t]];
            int low = x - (below << bits);
            int high = (x >> 16) - ((below >> 16) << bits);
            factors[at + t] = low & 0xFFFF | high << 16;
        }
    }
}
