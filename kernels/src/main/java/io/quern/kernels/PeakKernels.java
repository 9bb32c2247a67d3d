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
        return 10L * FLOAT_LANES;
    }

    /** Does rounds of ten independent multiply-adds, all in registers: nothing but the units themselves is measured. */
    public static float multiplyAdd(int rounds) {
        FloatVector x = FloatVector.broadcast(FLOATS, 1f / rounds);
        FloatVector y = x.add(1);
        FloatVector s0 = x;
        FloatVector s1 = x;
        FloatVector s2 = x;
        FloatVector s3 = x;
        FloatVector s4 = x;
        FloatVector s5 = x;
        FloatVector s6 = x;
        FloatVector s7 = x;
        FloatVector s8 = x;
        FloatVector s9 = x;
        for (int round = 0; round < rounds; round++) {
            s0 = x.fma(y, s0);
            s1 = x.fma(y, s1);
            s2 = x.fma(y, s2);
            s3 = x.fma(y, s3);
            s4 = x.fma(y, s4);
            s5 = x.fma(y, s5);
            s6 = x.fma(y, s6);
            s7 = x.fma(y, s7);
            s8 = x.fma(y, s8);
            s9 = x.fma(y, s9);
        }
        s0 = s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))).add(s8.add(s9));
        return s0.reduceLanes(VectorOperators.ADD);
    }
}
