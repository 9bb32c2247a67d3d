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
 * Codes of 5 bits: Q5_0, Q5_1, Q5_K. Each half of a unit, 16 inputs, has two words with six codes each, three codes in its half
 * of the fifth word, and the last in top bits: two of each of its own words, one of the fifth.
 */
final class Codes5 extends SpreadPlane {
    Codes5() {
        super(5);
        for (int k = 0; k < UNIT; k++) {
            int half = k / HALF;
            int i = k % HALF;
            wordOf[k] = i < 12 ? 2 * half + i / 6 : 4;
            shiftOf[k] = i < 12 ? i % 6 * 5 : 15 * half + 5 * (i - 12);
            if (i == 15) {
                int word = 2 * half * 32;
                spreadBits[k] = new int[] {word + 30, word + 31, word + 62, word + 63, 4 * 32 + 30 + half};
            }
        }
        placesKnown();
    }

    /** Codes of the fifth word are shifted down by the kernel. */
    @Override
    float inputScale(int k) {
        int i = k % HALF;
        return i == 15 ? 1 : 1f / (1 << 5 * (i < 12 ? i % 6 : i - 12));
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
            long unit = at + (long) (k / UNIT * 5) * TILE_WORD_BYTES;
            long word = unit + (long) (half * 2) * TILE_WORD_BYTES;
            int first = from + k;
            IntVector u0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector u1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector u2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector u3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = u0.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = u1.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = u2.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = u3.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = u0.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = u1.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = u2.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = u3.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = u0.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = u1.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = u2.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = u3.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = u0.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = u1.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = u2.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = u3.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = u0.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = u1.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = u2.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = u3.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = u0.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a0);
            a1 = u1.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a1);
            a2 = u2.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a2);
            a3 = u3.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a3);
            IntVector v0 = IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES, ORDER);
            IntVector v1 = IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES + VECTOR_BYTES, ORDER);
            IntVector v2 = IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER);
            IntVector v3 = IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER);
            FloatVector b6 = FloatVector.broadcast(FLOATS, x[first + 6]);
            a0 = v0.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a0);
            a1 = v1.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a1);
            a2 = v2.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a2);
            a3 = v3.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a3);
            FloatVector b7 = FloatVector.broadcast(FLOATS, x[first + 7]);
            a0 = v0.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a0);
            a1 = v1.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a1);
            a2 = v2.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a2);
            a3 = v3.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a3);
            FloatVector b8 = FloatVector.broadcast(FLOATS, x[first + 8]);
            a0 = v0.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a0);
            a1 = v1.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a1);
            a2 = v2.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a2);
            a3 = v3.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b8, a3);
            FloatVector b9 = FloatVector.broadcast(FLOATS, x[first + 9]);
            a0 = v0.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a0);
            a1 = v1.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a1);
            a2 = v2.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a2);
            a3 = v3.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b9, a3);
            FloatVector b10 = FloatVector.broadcast(FLOATS, x[first + 10]);
            a0 = v0.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a0);
            a1 = v1.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a1);
            a2 = v2.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a2);
            a3 = v3.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b10, a3);
            FloatVector b11 = FloatVector.broadcast(FLOATS, x[first + 11]);
            a0 = v0.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a0);
            a1 = v1.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a1);
            a2 = v2.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a2);
            a3 = v3.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b11, a3);
            IntVector h0 = IntVector.fromMemorySegment(INTS, data, unit + 4 * TILE_WORD_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            IntVector h1 = IntVector.fromMemorySegment(INTS, data, unit + 4 * TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            IntVector h2 = IntVector.fromMemorySegment(INTS, data, unit + 4 * TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            IntVector h3 = IntVector.fromMemorySegment(INTS, data, unit + 4 * TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 15 * half);
            FloatVector b12 = FloatVector.broadcast(FLOATS, x[first + 12]);
            a0 = h0.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a0);
            a1 = h1.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a1);
            a2 = h2.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a2);
            a3 = h3.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b12, a3);
            FloatVector b13 = FloatVector.broadcast(FLOATS, x[first + 13]);
            a0 = h0.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a0);
            a1 = h1.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a1);
            a2 = h2.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a2);
            a3 = h3.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b13, a3);
            FloatVector b14 = FloatVector.broadcast(FLOATS, x[first + 14]);
            a0 = h0.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a0);
            a1 = h1.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a1);
            a2 = h2.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a2);
            a3 = h3.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b14, a3);
            FloatVector b15 = FloatVector.broadcast(FLOATS, x[first + 15]);
            a0 = u0.lanewise(VectorOperators.LSHR, 30)
                    .or(v0.lanewise(VectorOperators.LSHR, 28).and(12))
                    .or(h0.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 4))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a0);
            a1 = u1.lanewise(VectorOperators.LSHR, 30)
                    .or(v1.lanewise(VectorOperators.LSHR, 28).and(12))
                    .or(h1.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 4))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a1);
            a2 = u2.lanewise(VectorOperators.LSHR, 30)
                    .or(v2.lanewise(VectorOperators.LSHR, 28).and(12))
                    .or(h2.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 4))
                    .convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats()
                    .fma(b15, a2);
            a3 = u3.lanewise(VectorOperators.LSHR, 30)
                    .or(v3.lanewise(VectorOperators.LSHR, 28).and(12))
                    .or(h3.lanewise(VectorOperators.LSHR, 30 - 14 * half).and(1).lanewise(VectorOperators.LSHL, 4))
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
