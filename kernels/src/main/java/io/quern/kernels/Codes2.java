package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Codes of 2 bits: Q2_K, TQ2_0, Q2_0, GPTQ. */
final class Codes2 extends PairedPlane {
    Codes2() {
        super(2);
    }

    /** The kernel shifts the second half of a word down. */
    @Override
    float inputScale(int k) {
        return 1f / (1 << (k & 1) * 16 + k % 8 / 2 * 2);
    }

    @Override
    void accumulate(MemorySegment data, long at, float[] x, float[] blockSums, VectorScratch task) {
        float[] sums = task.sums;
        float[] scales = task.scales;
        int inputs = task.inputs;
        int blockInputs = task.blockInputs;
        int from = task.from;
        int block = from / blockInputs;
        float startFactor = task.startFactor;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        FloatVector a0 = FloatVector.broadcast(FLOATS, startFactor * blockSums[block]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int scale = 0;
        int blockEnd = Math.min(blockInputs, inputs);
        for (int k = 0; k < inputs; k += 8) {
            // Half of a word at a time: a method with sixteen steps is too long for the first compiler.
            int down = k & 8;
            long word = at + (long) (k / 16) * TILE_WORD_BYTES;
            int first = from + k;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER)
                    .lanewise(VectorOperators.LSHR, down);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, down);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, down);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, down);
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = w0.and(0x3).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = w1.and(0x3).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = w2.and(0x3).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = w3.and(0x3).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = w0.and(0xC).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = w1.and(0xC).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = w2.and(0xC).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = w3.and(0xC).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = w0.and(0x30).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = w1.and(0x30).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = w2.and(0x30).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = w3.and(0x30).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b6 = FloatVector.broadcast(FLOATS, x[first + 6]);
            a0 = w0.and(0xC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a0);
            a1 = w1.and(0xC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a1);
            a2 = w2.and(0xC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a2);
            a3 = w3.and(0xC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = w0.and(0x30000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = w1.and(0x30000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = w2.and(0x30000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = w3.and(0x30000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = w0.and(0xC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = w1.and(0xC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = w2.and(0xC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = w3.and(0xC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = w0.and(0x300000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a0);
            a1 = w1.and(0x300000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a1);
            a2 = w2.and(0x300000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a2);
            a3 = w3.and(0x300000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a3);
            FloatVector b7 = FloatVector.broadcast(FLOATS, x[first + 7]);
            a0 = w0.and(0xC00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a0);
            a1 = w1.and(0xC00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a1);
            a2 = w2.and(0xC00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a2);
            a3 = w3.and(0xC00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a3);
            if (k + 8 == blockEnd) {
                s0 = a0.fma(FloatVector.fromArray(FLOATS, scales, scale), s0);
                s1 = a1.fma(FloatVector.fromArray(FLOATS, scales, scale + FLOAT_LANES), s1);
                s2 = a2.fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * FLOAT_LANES), s2);
                s3 = a3.fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * FLOAT_LANES), s3);
                block++;
                a0 = FloatVector.broadcast(FLOATS, startFactor * blockSums[block]);
                a1 = a0;
                a2 = a0;
                a3 = a0;
                scale += TILE_ROWS;
                blockEnd = Math.min(blockEnd + blockInputs, inputs);
            }
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
