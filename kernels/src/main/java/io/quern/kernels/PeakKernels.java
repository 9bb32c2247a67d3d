package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What the machine can do at best, for benchmarks to compare with: loops that do nothing but read memory, or nothing
 * but multiply and add.
 */
public final class PeakKernels {
    /** Inputs of one {@link #multiplyAdd} round: weights and inputs stay in the first-level cache. */
    private static final int INPUTS = 64;

    private PeakKernels() {}

    /**
     * Reads a range of memory in vectors, four streams of sums at once; bytes at the end that fill no step are left
     * out.
     */
    public static int read(MemorySegment data, long from, long limit) {
        IntVector a = IntVector.zero(INTS);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        for (long at = from; at <= limit - 4L * VECTOR_BYTES; at += 4L * VECTOR_BYTES) {
            a = a.add(IntVector.fromMemorySegment(INTS, data, at, ORDER));
            b = b.add(IntVector.fromMemorySegment(INTS, data, at + VECTOR_BYTES, ORDER));
            c = c.add(IntVector.fromMemorySegment(INTS, data, at + 2L * VECTOR_BYTES, ORDER));
            d = d.add(IntVector.fromMemorySegment(INTS, data, at + 3L * VECTOR_BYTES, ORDER));
        }
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    /** Multiply-adds of one {@link #multiplyAdd} round. */
    public static long roundMultiplyAdds() {
        return 8L * FLOAT_LANES * INPUTS;
    }

    /** Does rounds of the f32 micro-kernel: one vector of weights by eight inputs, all sums in registers. */
    public static float multiplyAdd(int rounds) {
        float[] weights = new float[INPUTS * FLOAT_LANES];
        float[] x = new float[INPUTS * 8];
        java.util.Arrays.fill(weights, 1e-3f);
        java.util.Arrays.fill(x, 1e-3f);
        float sum = 0;
        for (int round = 0; round < rounds; round++) {
            sum += multiplyAdd(weights, x);
        }
        return sum;
    }

    private static float multiplyAdd(float[] weights, float[] x) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int k = 0; k < INPUTS; k++) {
            FloatVector w = FloatVector.fromArray(FLOATS, weights, k * FLOAT_LANES);
            s0 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k]), s0);
            s1 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 1]), s1);
            s2 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 2]), s2);
            s3 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 3]), s3);
            s4 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 4]), s4);
            s5 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 5]), s5);
            s6 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 6]), s6);
            s7 = w.fma(FloatVector.broadcast(FLOATS, x[8 * k + 7]), s7);
        }
        return s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))).reduceLanes(VectorOperators.ADD);
    }
}
