package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** AWQ's words with floats. */
final class AwqFloats4 {
    /** Most inputs, each a row of the file, of one {@link #add}: sums are loaded and stored once for all of them. */
    static final int INPUTS = 8;

    /** By what a nibble's sum is multiplied, since codes are masked where they stand; the top one is shifted. */
    static final float[] FACTORS = {1, 0x1p-4f, 0x1p-8f, 0x1p-12f, 0x1p-16f, 0x1p-20f, 0x1p-24f, 1};

    /** Sums of one vector of words. */
    private static final int VECTOR_SUMS = 8 * FLOAT_LANES;

    private AwqFloats4() {}

    /**
     * Adds {@code code * x} for some inputs to {@code sums[vector][nibble][word]}, along the rows of the file.
     *
     * @param at the first input's first word
     * @param rowBytes from the words of an input to those of the next one
     */
    static void add(MemorySegment words, long at, long rowBytes, int vectors, float[] x, int from, int inputs,
            float[] sums, int sumsAt) {
        for (int v = 0; v < vectors; v++) {
            int sum = sumsAt + v * VECTOR_SUMS;
            FloatVector s0 = FloatVector.fromArray(FLOATS, sums, sum);
            FloatVector s1 = FloatVector.fromArray(FLOATS, sums, sum + FLOAT_LANES);
            FloatVector s2 = FloatVector.fromArray(FLOATS, sums, sum + 2 * FLOAT_LANES);
            FloatVector s3 = FloatVector.fromArray(FLOATS, sums, sum + 3 * FLOAT_LANES);
            FloatVector s4 = FloatVector.fromArray(FLOATS, sums, sum + 4 * FLOAT_LANES);
            FloatVector s5 = FloatVector.fromArray(FLOATS, sums, sum + 5 * FLOAT_LANES);
            FloatVector s6 = FloatVector.fromArray(FLOATS, sums, sum + 6 * FLOAT_LANES);
            FloatVector s7 = FloatVector.fromArray(FLOATS, sums, sum + 7 * FLOAT_LANES);
            long word = at + (long) v * VECTOR_BYTES;
            for (int i = 0; i < inputs; i++) {
                IntVector w = IntVector.fromMemorySegment(INTS, words, word + i * rowBytes, LITTLE_ENDIAN);
                FloatVector b = FloatVector.broadcast(FLOATS, x[from + i]);
                s0 = w.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s0);
                s1 = w.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s1);
                s2 = w.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s2);
                s3 = w.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s3);
                s4 = w.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s4);
                s5 = w.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s5);
                s6 = w.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s6);
                s7 = w.lanewise(VectorOperators.LSHR, 28)
                        .convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s7);
            }
            s0.intoArray(sums, sum);
            s1.intoArray(sums, sum + FLOAT_LANES);
            s2.intoArray(sums, sum + 2 * FLOAT_LANES);
            s3.intoArray(sums, sum + 3 * FLOAT_LANES);
            s4.intoArray(sums, sum + 4 * FLOAT_LANES);
            s5.intoArray(sums, sum + 5 * FLOAT_LANES);
            s6.intoArray(sums, sum + 6 * FLOAT_LANES);
            s7.intoArray(sums, sum + 7 * FLOAT_LANES);
        }
    }
}
