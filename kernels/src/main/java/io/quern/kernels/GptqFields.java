package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Products of the inputs of GPTQ's rows of words, by bits. Codes are unsigned. */
abstract class GptqFields {
    final int bits;

    /** Inputs of a word. */
    final int wordInputs;

    GptqFields(int bits) {
        this.bits = bits;
        this.wordInputs = 32 / bits;
    }

    static boolean supports(int bits) {
        return bits == 4 || bits == 8;
    }

    static GptqFields of(int bits) {
        return bits == 4 ? new GptqFields4() : new GptqFields8();
    }

    /** A word with a one in every field. */
    static int oneInEveryField(int bits) {
        return (int) (0xFFFF_FFFFL / ((1 << bits) - 1));
    }

    /** By what an input is multiplied, since its code is masked where it stands and not shifted. */
    final float factor(int input) {
        int field = input % wordInputs;
        return field == wordInputs - 1 ? 1 : Math.scalb(1f, -bits * field);
    }

    /**
     * {@code sums[n] += code[n] * x} for the inputs of some rows of words.
     *
     * @param at byte offset of the first output's word in the first row
     * @param rowBytes from one row of words to the next
     * @param outputs a multiple of 32
     * @param x inputs times their {@link #factor}, from xOffset on
     */
    abstract void add(MemorySegment words, long at, long rowBytes, int wordRows, int outputs, float[] x, int xOffset,
            float[] sums);

    /**
     * {@code sums[n] += scales[group][n] * code[n] * x}, for the inputs of one row of words, each
     * with a group of its own.
     *
     * @param groups the group of every input, from xOffset on
     * @param scales {@code [group][outputs]}
     */
    abstract void addScattered(MemorySegment words, long at, int outputs, float[] x, int xOffset, int[] groups,
            float[] scales, float[] sums);
}
