package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Codes of 4 bits: Q4_0, Q4_1, Q4_K, AWQ, GPTQ. */
final class Codes4 extends PairedPlane {
    /** Four terms for each of four words: input pairs from the lowest nibble up. */
    private static final IntegerTerms TERMS = new IntegerTerms(
            IntStream.range(0, UNIT / 2).toArray(),
            IntStream.range(0, UNIT / 2).map(i -> i % 4 == 0 ? -1 : i - 1).toArray(),
            4);

    Codes4() {
        super(4);
    }

    @Override
    IntegerTerms terms() {
        return TERMS;
    }

    @Override
    void accumulate(MemorySegment data, long at, IntegerInput x, VectorScratch task) {
        IntegerCodes4.accumulate(data, at, x, task);
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
            long word = at + (long) (k / 8) * TILE_WORD_BYTES;
            int first = from + k;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = w0.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = w1.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = w2.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = w3.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = w0.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = w1.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = w2.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = w3.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = w0.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = w1.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = w2.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = w3.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b6 = FloatVector.broadcast(FLOATS, x[first + 6]);
            a0 = w0.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a0);
            a1 = w1.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a1);
            a2 = w2.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a2);
            a3 = w3.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = w0.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = w1.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = w2.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = w3.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = w0.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = w1.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = w2.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = w3.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = w0.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a0);
            a1 = w1.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a1);
            a2 = w2.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a2);
            a3 = w3.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a3);
            FloatVector b7 = FloatVector.broadcast(FLOATS, x[first + 7]);
            a0 = w0.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a0);
            a1 = w1.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a1);
            a2 = w2.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a2);
            a3 = w3.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a3);
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

    @Override
    void pack(long[] codes, int inputs, int[] words) {
        packNibbles(codes, inputs, words);
    }

    /**
     * Eight nibbles from the bytes of a long: even ones close up to the low half of the word, odd ones to the high
     * half.
     */
    static void packNibbles(long[] codes, int inputs, int[] words) {
        for (int i = 0; i < inputs / 8 * TILE_ROWS; i++) {
            long even = codes[i] & 0x000F000F000F000FL;
            long odd = codes[i] >>> 8 & 0x000F000F000F000FL;
            even = (even | even >>> 12) & 0x000000FF000000FFL;
            odd = (odd | odd >>> 12) & 0x000000FF000000FFL;
            words[i] = (int) ((even | even >>> 24) & 0xFFFF | (odd | odd >>> 24) << 16);
        }
    }
}
