package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.BlockQuantizer.INPUTS;

import java.util.Arrays;

/**
 * The input of a matrix-vector product as integers, prepared for the terms of a code plane. A run, 16 or 32 inputs
 * ({@link InputForm.Integers#runInputs}), is what a kernel sums in 16 bits.
 */
final class IntegerInput {
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
    private final float[] unitSum = new float[1];

    /** @param x padded by zeros to a multiple of 32 */
    void set(float[] x, int padded, InputForm form) {
        IntegerTerms terms = form.integers().terms();
        int run = form.integers().runInputs();
        int units = padded / INPUTS;
        int unitFactors = terms == null ? INPUTS : terms.count();
        reserve(padded / run, units * unitFactors, Chunks.ceilDiv(padded, form.blockInputs()));
        float limit = form.integers().limit();
        for (int unit = 0; unit < units; unit++) {
            int k = unit * INPUTS;
            if (run == HALF) {
                BlockQuantizer.quantizeHalves(x, k, INPUTS, limit, pairs, 0, scales, 2 * unit, 1);
            } else {
                BlockQuantizer.quantize(x, k, INPUTS, limit, pairs, 0, scales, unit, unitSum, 0);
            }
            if (terms == null) {
                spread(k);
            } else {
                terms.factors(pairs, factors, unit * unitFactors);
            }
            for (int from = 0; from < INPUTS; from += run) {
                sum((k + from) / run, from / 2, form);
            }
        }
    }

    private void reserve(int runs, int factorCount, int blocks) {
        if (starts.length <= runs) {
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
        InputForm.Integers integers = form.integers();
        int even = 0;
        int odd = 0;
        for (int i = fromPair; i < fromPair + integers.runInputs() / 2; i++) {
            even += (short) pairs[i];
            odd += pairs[i] >> 16;
        }
        boolean together = integers.terms() == null;
        int low = together ? even + odd : even;
        int high = together ? low : odd;
        starts[run] = -integers.centre() * low & 0xFFFF | -integers.centre() * high << 16;
        runSums[run] = scales[run] * (even + odd);
        sums[run * integers.runInputs() / form.blockInputs()] += runSums[run];
    }
}
