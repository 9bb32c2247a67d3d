package io.quern.kernels;

import java.util.Arrays;

/** How far inputs may lie from the integers that stand for them. */
final class QuantizationSteps {
    private QuantizationSteps() {}

    /**
     * Half the step of each input's block, and a little more for the rounding of the scale.
     *
     * @param inputs of a block
     */
    static float[] of(float[] x, int largestCode, int inputs) {
        float[] steps = new float[x.length];
        float[] scale = new float[1];
        for (int from = 0; from < x.length; from += inputs) {
            int count = Math.min(inputs, x.length - from);
            int[] pairs = new int[BlockQuantizer.INPUTS / 2];
            BlockQuantizer.quantizeScalar(
                    x, from, count, BlockQuantizer.limit(largestCode, inputs), pairs, 0, scale, 0, new float[1], 0);
            Arrays.fill(steps, from, from + count, scale[0] * 0.5001f);
        }
        return steps;
    }
}
