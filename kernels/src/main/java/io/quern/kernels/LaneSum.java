package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The sum of a vector's lanes in one fixed order. {@code reduceLanes} leaves the order open, and it differs between
 * compiled code and the rest: results would depend on what the JVM has compiled so far.
 */
final class LaneSum {
    private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOATS, 8, 1, true);
    private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
    private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOATS, 2, 1, true);
    private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

    private LaneSum() {}

    /** Halves first, then quarters, and so on. */
    static float of(FloatVector vector) {
        FloatVector sum = vector;
        if (FLOAT_LANES > 8) {
            sum = sum.add(sum.rearrange(BY_8));
        }
        if (FLOAT_LANES > 4) {
            sum = sum.add(sum.rearrange(BY_4));
        }
        if (FLOAT_LANES > 2) {
            sum = sum.add(sum.rearrange(BY_2));
        }
        return sum.add(sum.rearrange(BY_1)).lane(0);
    }
}
