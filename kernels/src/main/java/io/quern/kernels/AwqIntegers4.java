package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.SHORTS;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * AWQ's words on 16-bit lanes: a lane holds the codes of four outputs, n0 to n3 from its lowest bits on, for one input.
 *
 * <p>Nothing is masked while inputs are added: sum j is that of {@code (w >>> 4j) * x}, which is {@code n_j * x} and 16
 * times what stands above it: sum j + 1, and for the last of the low half the high half's sum 0. In the end each is
 * freed of that; all that has wrapped around 2^16 on the way comes back, for the result is bounded
 * ({@link BlockQuantizer}).
 */
final class AwqIntegers4 {
    /** Inputs, each a row of the file, of one {@link #add}: sums are loaded and stored once for all of them. */
    static final int INPUTS = 8;

    private static final int LANES = 2 * FLOAT_LANES;

    /** Sums of one vector of words. */
    private static final int VECTOR_SUMS = 4 * LANES;

    /** Not a constant to the compiler, which would keep a copy of it for each use. */
    private static final int[] SHIFT = {4};

    private AwqIntegers4() {}

    /**
     * Adds the products of eight inputs to {@code sums[vector][j][lane]}, along the rows of the file.
     *
     * @param at the first input's first word
     * @param rowBytes from the words of an input to those of the next one
     * @param factors both halves of {@code factors[from + i * step]} are input i
     */
    static void add(MemorySegment words, long at, long rowBytes, int vectors, int[] factors, int from, int step,
            short[] sums, int sumsAt) {
        ShortVector x0 = IntVector.broadcast(INTS, factors[from]).reinterpretAsShorts();
        ShortVector x1 = IntVector.broadcast(INTS, factors[from + step]).reinterpretAsShorts();
        ShortVector x2 = IntVector.broadcast(INTS, factors[from + 2 * step]).reinterpretAsShorts();
        ShortVector x3 = IntVector.broadcast(INTS, factors[from + 3 * step]).reinterpretAsShorts();
        ShortVector x4 = IntVector.broadcast(INTS, factors[from + 4 * step]).reinterpretAsShorts();
        ShortVector x5 = IntVector.broadcast(INTS, factors[from + 5 * step]).reinterpretAsShorts();
        ShortVector x6 = IntVector.broadcast(INTS, factors[from + 6 * step]).reinterpretAsShorts();
        ShortVector x7 = IntVector.broadcast(INTS, factors[from + 7 * step]).reinterpretAsShorts();
        for (int v = 0; v < vectors; v++) {
            int sum = sumsAt + v * VECTOR_SUMS;
            long word = at + (long) v * VECTOR_BYTES;
            ShortVector s0 = ShortVector.fromArray(SHORTS, sums, sum);
            ShortVector s1 = ShortVector.fromArray(SHORTS, sums, sum + LANES);
            ShortVector s2 = ShortVector.fromArray(SHORTS, sums, sum + 2 * LANES);
            ShortVector s3 = ShortVector.fromArray(SHORTS, sums, sum + 3 * LANES);
            IntVector w = IntVector.fromMemorySegment(INTS, words, word, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x0));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x0));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x0));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x0));
            w = IntVector.fromMemorySegment(INTS, words, word + rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x1));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x1));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x1));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x1));
            w = IntVector.fromMemorySegment(INTS, words, word + 2 * rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x2));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x2));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x2));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x2));
            w = IntVector.fromMemorySegment(INTS, words, word + 3 * rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x3));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x3));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x3));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x3));
            w = IntVector.fromMemorySegment(INTS, words, word + 4 * rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x4));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x4));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x4));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x4));
            w = IntVector.fromMemorySegment(INTS, words, word + 5 * rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x5));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x5));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x5));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x5));
            w = IntVector.fromMemorySegment(INTS, words, word + 6 * rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x6));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x6));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x6));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x6));
            w = IntVector.fromMemorySegment(INTS, words, word + 7 * rowBytes, LITTLE_ENDIAN);
            s0 = s0.add(w.reinterpretAsShorts().mul(x7));
            s1 = s1.add(w.lanewise(LSHR, 4).reinterpretAsShorts().mul(x7));
            s2 = s2.add(w.lanewise(LSHR, 8).reinterpretAsShorts().mul(x7));
            s3 = s3.add(w.lanewise(LSHR, 12).reinterpretAsShorts().mul(x7));
            s0.intoArray(sums, sum);
            s1.intoArray(sums, sum + LANES);
            s2.intoArray(sums, sum + 2 * LANES);
            s3.intoArray(sums, sum + 3 * LANES);
        }
    }

    /**
     * Ends a block: {@code groupSums[vector][nibble][word] += scale * (sum + start)}, and the sums are zero again.
     *
     * @param start in both halves, what takes the codes' centre off each sum
     */
    static void endBlock(short[] sums, int vectors, int start, float scale, float[] groupSums) {
        int shift = SHIFT[0];
        ShortVector starts = IntVector.broadcast(INTS, start).reinterpretAsShorts();
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        ShortVector zero = ShortVector.zero(SHORTS);
        for (int v = 0; v < vectors; v++) {
            int sum = v * VECTOR_SUMS;
            ShortVector s0 = ShortVector.fromArray(SHORTS, sums, sum);
            ShortVector s1 = ShortVector.fromArray(SHORTS, sums, sum + LANES);
            ShortVector s2 = ShortVector.fromArray(SHORTS, sums, sum + 2 * LANES);
            ShortVector s3 = ShortVector.fromArray(SHORTS, sums, sum + 3 * LANES);
            IntVector n0 = s0.sub(s1.lanewise(LSHL, shift)).add(starts).reinterpretAsInts();
            IntVector n1 = s1.sub(s2.lanewise(LSHL, shift)).add(starts).reinterpretAsInts();
            IntVector n2 = s2.sub(s3.lanewise(LSHL, shift)).add(starts).reinterpretAsInts();
            IntVector above = s0.reinterpretAsInts().lanewise(LSHR, 12).and(0xFFF0);
            IntVector n3 = s3.sub(above.reinterpretAsShorts()).add(starts).reinterpretAsInts();
            n0.lanewise(LSHL, 16).lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum)).intoArray(groupSums, sum);
            n1.lanewise(LSHL, 16).lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + FLOAT_LANES))
                    .intoArray(groupSums, sum + FLOAT_LANES);
            n2.lanewise(LSHL, 16).lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + 2 * FLOAT_LANES))
                    .intoArray(groupSums, sum + 2 * FLOAT_LANES);
            n3.lanewise(LSHL, 16).lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + 3 * FLOAT_LANES))
                    .intoArray(groupSums, sum + 3 * FLOAT_LANES);
            n0.lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + 4 * FLOAT_LANES))
                    .intoArray(groupSums, sum + 4 * FLOAT_LANES);
            n1.lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + 5 * FLOAT_LANES))
                    .intoArray(groupSums, sum + 5 * FLOAT_LANES);
            n2.lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + 6 * FLOAT_LANES))
                    .intoArray(groupSums, sum + 6 * FLOAT_LANES);
            n3.lanewise(ASHR, 16)
                    .convert(I2F, 0).reinterpretAsFloats()
                    .fma(scales, FloatVector.fromArray(FLOATS, groupSums, sum + 7 * FLOAT_LANES))
                    .intoArray(groupSums, sum + 7 * FLOAT_LANES);
            zero.intoArray(sums, sum);
            zero.intoArray(sums, sum + LANES);
            zero.intoArray(sums, sum + 2 * LANES);
            zero.intoArray(sums, sum + 3 * LANES);
        }
    }
}
