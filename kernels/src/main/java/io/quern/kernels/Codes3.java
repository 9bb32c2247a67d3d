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

/**
 * Codes of 3 bits: Q3_K, GPTQ. Each half of a unit, 16 inputs, has a word with ten codes, five in its half of the third word,
 * and the last in top bits: two of its own word, one of the third.
 */
final class Codes3 extends SpreadPlane {
    Codes3() {
        super(3);
        for (int k = 0; k < UNIT; k++) {
            int half = k / HALF;
            int i = k % HALF;
            wordOf[k] = i < 10 ? half : 2;
            shiftOf[k] = i < 10 ? 3 * i : 15 * half + 3 * (i - 10);
            if (i == 15) {
                spreadBits[k] = new int[] {half * 32 + 30, half * 32 + 31, 2 * 32 + 30 + half};
            }
        }
        placesKnown();
    }

    /** Codes of the third word are shifted down by the kernel. */
    @Override
    float inputScale(int k) {
        int i = k % HALF;
        return i == 15 ? 1 : 1f / (1 << 3 * (i < 10 ? i : i - 10));
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
        for (int k = 0; k < inputs; k += HALF) {
            int half = k / HALF & 1;
            long unit = at + (long) (k / UNIT * 3) * TILE_WORD_BYTES;
            long word = unit + (long) half * TILE_WORD_BYTES;
            int first = from + k;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = w0.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = w1.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = w2.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = w3.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = w0.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = w1.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = w2.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = w3.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = w0.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = w1.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = w2.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = w3.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = w0.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = w1.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = w2.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = w3.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = w0.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = w1.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = w2.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = w3.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = w0.and(0x38000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a0);
            a1 = w1.and(0x38000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a1);
            a2 = w2.and(0x38000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a2);
            a3 = w3.and(0x38000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a3);
            FloatVector b6 = FloatVector.broadcast(FLOATS, x[first + 6]);
            a0 = w0.and(0x1C0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a0);
            a1 = w1.and(0x1C0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a1);
            a2 = w2.and(0x1C0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a2);
            a3 = w3.and(0x1C0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a3);
            FloatVector b7 = FloatVector.broadcast(FLOATS, x[first + 7]);
            a0 = w0.and(0xE00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a0);
            a1 = w1.and(0xE00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a1);
            a2 = w2.and(0xE00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a2);
            a3 = w3.and(0xE00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a3);
            FloatVector b8 = FloatVector.broadcast(FLOATS, x[first + 8]);
            a0 = w0.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a0);
            a1 = w1.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a1);
            a2 = w2.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a2);
            a3 = w3.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a3);
            FloatVector b9 = FloatVector.broadcast(FLOATS, x[first + 9]);
            a0 = w0.and(0x38000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a0);
            a1 = w1.and(0x38000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a1);
            a2 = w2.and(0x38000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a2);
            a3 = w3.and(0x38000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a3);
            IntVector h0 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            IntVector h1 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            IntVector h2 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            IntVector h3 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            FloatVector b10 = FloatVector.broadcast(FLOATS, x[first + 10]);
            a0 = h0.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a0);
            a1 = h1.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a1);
            a2 = h2.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a2);
            a3 = h3.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a3);
            FloatVector b11 = FloatVector.broadcast(FLOATS, x[first + 11]);
            a0 = h0.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a0);
            a1 = h1.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a1);
            a2 = h2.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a2);
            a3 = h3.and(0x38).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a3);
            FloatVector b12 = FloatVector.broadcast(FLOATS, x[first + 12]);
            a0 = h0.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a0);
            a1 = h1.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a1);
            a2 = h2.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a2);
            a3 = h3.and(0x1C0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a3);
            FloatVector b13 = FloatVector.broadcast(FLOATS, x[first + 13]);
            a0 = h0.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a0);
            a1 = h1.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a1);
            a2 = h2.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a2);
            a3 = h3.and(0xE00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a3);
            FloatVector b14 = FloatVector.broadcast(FLOATS, x[first + 14]);
            a0 = h0.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a0);
            a1 = h1.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a1);
            a2 = h2.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a2);
            a3 = h3.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a3);
            FloatVector b15 = FloatVector.broadcast(FLOATS, x[first + 15]);
            a0 = w0.lanewise(VectorOperators.LSHR, 30)
                    .or(h0.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 2))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a0);
            a1 = w1.lanewise(VectorOperators.LSHR, 30)
                    .or(h1.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 2))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a1);
            a2 = w2.lanewise(VectorOperators.LSHR, 30)
                    .or(h2.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 2))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a2);
            a3 = w3.lanewise(VectorOperators.LSHR, 30)
                    .or(h3.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 2))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a3);
            if (k + HALF == blockEnd) {
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
