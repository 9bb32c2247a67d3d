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

/** Codes of 5 bits: Q5_0, Q5_1, Q5_K. Five words hold 32: six each, and their top bits are the last two codes. */
final class Codes5 extends SpreadPlane {
    Codes5() {
        super(5);
        for (int k = 0; k < UNIT; k++) {
            wordOf[k] = Math.min(k / 6, 4);
            shiftOf[k] = k % 6 * 5;
            if (k >= 30) {
                spreadBits[k] = new int[5];
                for (int bit = 0; bit < 5; bit++) {
                    int place = (k - 30) * 5 + bit;
                    spreadBits[k][bit] = place / 2 * 32 + 30 + place % 2;
                }
            }
        }
        placesKnown();
    }

    @Override
    void accumulate(MemorySegment data, long at, float[] x, float[] blockSums, VectorScratch task) {
        accumulateWhole(data, at, x, blockSums, task);
        accumulateSpread(data, at, x, task);
    }

    /** The codes that stand inside a word. */
    private static void accumulateWhole(MemorySegment data, long at, float[] x, float[] blockSums, VectorScratch task) {
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
        int wordEnd = Math.min(blockInputs, inputs) / 32 * 5;
        int words = inputs / 32 * 5;
        for (int w = 0; w < words; w++) {
            long word = at + (long) w * TILE_WORD_BYTES;
            int first = from + 6 * w + 2 * (w / 5);
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = w0.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = w1.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = w2.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = w3.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = w0.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = w1.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = w2.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = w3.and(0x3E0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = w0.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = w1.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = w2.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = w3.and(0x7C00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = w0.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = w1.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = w2.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = w3.and(0xF8000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = w0.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = w1.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = w2.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = w3.and(0x1F00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = w0.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a0);
            a1 = w1.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a1);
            a2 = w2.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a2);
            a3 = w3.and(0x3E000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a3);
            if (w + 1 == wordEnd) {
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
                wordEnd = Math.min(wordEnd + blockInputs / 32 * 5, words);
            }
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }

    /** The codes that are spread over the top bits of five words. */
    private static void accumulateSpread(MemorySegment data, long at, float[] x, VectorScratch task) {
        float[] sums = task.sums;
        float[] scales = task.scales;
        int inputs = task.inputs;
        int blockInputs = task.blockInputs;
        int from = task.from;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int scale = 0;
        int blockEnd = Math.min(blockInputs, inputs);
        for (int k = 0; k < inputs; k += 32) {
            long word = at + (long) (k / 32 * 5) * TILE_WORD_BYTES;
            int first = from + k + 30;
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            IntVector t0 = IntVector.fromMemorySegment(INTS, data, word, ORDER)
                    .lanewise(VectorOperators.LSHR, 30)
                    .or(IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 28)
                            .and(0xC))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 2 * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 26)
                            .and(0x30))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 3 * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 24)
                            .and(0xC0))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 4 * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 22)
                            .and(0x300));
            a0 = t0.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a0 = t0.lanewise(VectorOperators.LSHR, 5).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            IntVector t1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 30)
                    .or(IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 28)
                            .and(0xC))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 2 * TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 26)
                            .and(0x30))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 3 * TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 24)
                            .and(0xC0))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 4 * TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 22)
                            .and(0x300));
            a1 = t1.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a1 = t1.lanewise(VectorOperators.LSHR, 5).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            IntVector t2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 30)
                    .or(IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 28)
                            .and(0xC))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 2 * TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 26)
                            .and(0x30))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 3 * TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 24)
                            .and(0xC0))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 4 * TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 22)
                            .and(0x300));
            a2 = t2.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a2 = t2.lanewise(VectorOperators.LSHR, 5).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            IntVector t3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, 30)
                    .or(IntVector.fromMemorySegment(INTS, data, word + TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 28)
                            .and(0xC))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 2 * TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 26)
                            .and(0x30))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 3 * TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 24)
                            .and(0xC0))
                    .or(IntVector.fromMemorySegment(INTS, data, word + 4 * TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, 22)
                            .and(0x300));
            a3 = t3.and(0x1F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            a3 = t3.lanewise(VectorOperators.LSHR, 5).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            if (k + 32 == blockEnd) {
                s0 = a0.fma(FloatVector.fromArray(FLOATS, scales, scale), s0);
                s1 = a1.fma(FloatVector.fromArray(FLOATS, scales, scale + FLOAT_LANES), s1);
                s2 = a2.fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * FLOAT_LANES), s2);
                s3 = a3.fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * FLOAT_LANES), s3);
                a0 = FloatVector.zero(FLOATS);
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
