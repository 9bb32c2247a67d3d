package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.TILE_ROWS;

import jdk.incubator.vector.FloatVector;

/** The product of a few inputs with weights that were unpacked to floats first. */
final class UnpackedProduct {
    private UnpackedProduct() {}

    /** {@code sums[lane] += weights[k * TILE_ROWS + lane] * x[xOffset + k]} for all k. */
    static void accumulate(float[] weights, int inputs, float[] x, int xOffset, float[] sums) {
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        for (int k = 0; k < inputs; k++) {
            FloatVector input = FloatVector.broadcast(FLOATS, x[xOffset + k]);
            int row = k * TILE_ROWS;
            s0 = FloatVector.fromArray(FLOATS, weights, row).fma(input, s0);
            s1 = FloatVector.fromArray(FLOATS, weights, row + FLOAT_LANES).fma(input, s1);
            s2 = FloatVector.fromArray(FLOATS, weights, row + 2 * FLOAT_LANES).fma(input, s2);
            s3 = FloatVector.fromArray(FLOATS, weights, row + 3 * FLOAT_LANES).fma(input, s3);
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
