package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.INPUTS;

import java.util.Arrays;

/** The input of a matrix-vector product as integers, prepared for the terms of a code plane. */
final class IntegerInput {
    /** Inputs of a run: their products are summed in 16 bits, and they share a scale. */
    static final int RUN = BlockQuantizer.HALF;

    /** What words are multiplied by: {@code [k / 32][term]}, see {@link IntegerTerms}, or {@code [k]}. */
    int[] factors = new int[0];

    /**
     * Where the sum of a run starts: minus the codes' centre times the sum of its integers, that of the even ones in
     * the low half and that of the odd ones in the high half, or that of all in both. And one more.
     */
    int[] starts = new int[0];

    /** Scales of the integers, one for each run. */
    float[] scales = new float[0];

    /** Sums of the inputs of each run, as the integers stand for them. */
    float[] runSums = new float[0];

    /** Those of each scale block of the matrix. */
    float[] sums = new float[0];

    private final int[] pairs = new int[INPUTS / 2];

    /** @param x padded by zeros to a multiple of 32 */
    void set(float[] x, int padded, InputForm form) {
        IntegerTerms terms = form.integers().terms();
        int units = padded / INPUTS;
        int unitFactors = terms == null ? INPUTS : terms.count();
        reserve(padded / RUN, units * unitFactors, Chunks.ceilDiv(padded, form.blockInputs()));
        float limit = BlockQuantizer.limit(form.integers().centre(), RUN);
        for (int unit = 0; unit < units; unit++) {
            int run = 2 * unit;
            BlockQuantizer.quantizeHalves(x, unit * INPUTS, INPUTS, limit, pairs, 0, scales, run, 1);
            if (terms == null) {
                spread(unit * INPUTS);
            } else {
                terms.factors(pairs, factors, unit * unitFactors);
            }
            sum(run, 0, form);
            sum(run + 1, RUN / 2, form);
        }
    }

    private void reserve(int runs, int factorCount, int blocks) {
        if (scales.length < runs) {
            starts = new int[runs + 1];
            scales = new float[runs];
            runSums = new float[runs];
        }
        if (factors.length < factorCount) {
            factors = new int[factorCount];
        }
        if (sums.length < blocks) {
            sums = new float[blocks];
        }
        Arrays.fill(sums, 0, blocks, 0);
    }

    private void spread(int at) {
        for (int i = 0; i < INPUTS / 2; i++) {
            int pair = pairs[i];
            factors[at + 2 * i] = pair & 0xFFFF | pair << 16;
            factors[at + 2 * i + 1] = pair >>> 16 | pair & 0xFFFF0000;
        }
    }

    private void sum(int run, int fromPair, InputForm form) {
        int even = 0;
        int odd = 0;
        for (int i = fromPair; i < fromPair + RUN / 2; i++) {
            even += (short) pairs[i];
            odd += pairs[i] >> 16;
        }
        int centre = form.integers().centre();
        boolean together = form.integers().terms() == null;
        int low = together ? even + odd : even;
        int high = together ? low : odd;
        starts[run] = -centre * low & 0xFFFF | -centre * high << 16;
        runSums[run] = scales[run] * (even + odd);
        sums[run * RUN / form.blockInputs()] += runSums[run];
    }
}
