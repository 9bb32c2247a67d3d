package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.BlockQuantizer.INPUTS;

import java.util.Arrays;

/** The input of a matrix-vector product as integers, prepared for the terms of a code plane. */
final class IntegerInput {
    /** What words are multiplied by: {@code [k / 32][term]}, see {@link IntegerTerms}, or {@code [k]}. */
    int[] factors = new int[0];

    /**
     * Where the sums of 16 inputs start, {@code [k / 16]}: minus the codes' centre times the sum, that of the even
     * inputs in the low half and that of the odd ones in the high half, or that of all in both. And one more.
     */
    int[] starts = new int[0];

    /** Scales of the integers, {@code [k / 16]}. */
    float[] scales = new float[0];

    /** Sums of the inputs of each scale block of the matrix, as the integers stand for them, and one zero more. */
    float[] sums = new float[0];

    private final int[] pairs = new int[INPUTS / 2];

    /** @param x padded by zeros to a multiple of 32 */
    void set(float[] x, int padded, InputForm form) {
        IntegerTerms terms = form.integers().terms();
        int halves = padded / HALF;
        int blocks = Chunks.ceilDiv(padded, form.blockInputs());
        if (starts.length <= halves) {
            starts = new int[halves + 1];
            scales = new float[halves];
        }
        int unitFactors = terms == null ? INPUTS : terms.count();
        if (factors.length < halves / 2 * unitFactors) {
            factors = new int[halves / 2 * unitFactors];
        }
        if (sums.length < blocks + 1) {
            sums = new float[blocks + 1];
        }
        Arrays.fill(sums, 0, blocks + 1, 0);
        float limit = BlockQuantizer.limit(form.integers().centre(), HALF);
        for (int half = 0; half < halves; half += 2) {
            BlockQuantizer.quantizeHalves(x, half * HALF, INPUTS, limit, pairs, 0, scales, half, 1);
            if (terms == null) {
                spread(half * HALF);
            } else {
                terms.factors(pairs, factors, half / 2 * unitFactors);
            }
            sum(half, 0, form);
            sum(half + 1, HALF / 2, form);
        }
    }

    private void spread(int at) {
        for (int i = 0; i < INPUTS / 2; i++) {
            int pair = pairs[i];
            factors[at + 2 * i] = pair & 0xFFFF | pair << 16;
            factors[at + 2 * i + 1] = pair >>> 16 | pair & 0xFFFF0000;
        }
    }

    private void sum(int half, int fromPair, InputForm form) {
        int even = 0;
        int odd = 0;
        for (int i = fromPair; i < fromPair + HALF / 2; i++) {
            even += (short) pairs[i];
            odd += pairs[i] >> 16;
        }
        int centre = form.integers().centre();
        boolean together = form.integers().terms() == null;
        int low = together ? even + odd : even;
        int high = together ? low : odd;
        starts[half] = -centre * low & 0xFFFF | -centre * high << 16;
        sums[half * HALF / form.blockInputs()] += scales[half] * (even + odd);
    }
}
