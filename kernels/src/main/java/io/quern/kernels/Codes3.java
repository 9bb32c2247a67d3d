package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of 3 bits: Q3_K, GPTQ. The two low bits of 16 inputs stand in a word, in the order of 2-bit fields that makes
 * every other one a field of a nibble; the third bits of all 32 in a third word, so that a shift brings eight into
 * those nibbles.
 */
final class Codes3 extends SpreadPlane {
    Codes3() {
        super(3);
        for (int k = 0; k < UNIT; k++) {
            int step = k / 8;
            int nibble = 4 * nibble(k);
            int low = step / 2 * 32 + nibble + 2 * (step & 1);
            spreadBits[k] = new int[] {low, low + 1, 2 * 32 + nibble + step};
        }
        placesKnown();
    }

    /** The nibble of an input among eight: even ones first. */
    private static int nibble(int k) {
        return (k & 1) * 4 + k % 8 / 2;
    }

    @Override
    float inputScale(int k) {
        return 1f / (1 << 4 * nibble(k));
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
            // Two low bits and the third meet in nibbles, which are then like those of 4-bit codes.
            int step = k / 8 & 3;
            int down = 2 * (step & 1);
            int up = 2 - step;
            long unit = at + (long) (k / UNIT * 3) * TILE_WORD_BYTES;
            long word = unit + (long) (step / 2) * TILE_WORD_BYTES;
            int first = from + k;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES, ORDER)
                    .lanewise(VectorOperators.ROL, up)
                    .and(0x44444444)
                    .or(IntVector.fromMemorySegment(INTS, data, word, ORDER)
                            .lanewise(VectorOperators.LSHR, down)
                            .and(0x33333333));
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES + VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.ROL, up)
                    .and(0x44444444)
                    .or(IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, down)
                            .and(0x33333333));
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES + 2 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.ROL, up)
                    .and(0x44444444)
                    .or(IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, down)
                            .and(0x33333333));
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, unit + 2 * TILE_WORD_BYTES + 3 * VECTOR_BYTES, ORDER)
                    .lanewise(VectorOperators.ROL, up)
                    .and(0x44444444)
                    .or(IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, down)
                            .and(0x33333333));
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = w0.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = w1.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = w2.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = w3.and(0x7).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = w0.and(0x70).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = w1.and(0x70).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = w2.and(0x70).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = w3.and(0x70).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = w0.and(0x700).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = w1.and(0x700).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = w2.and(0x700).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = w3.and(0x700).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b6 = FloatVector.broadcast(FLOATS, x[first + 6]);
            a0 = w0.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a0);
            a1 = w1.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a1);
            a2 = w2.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a2);
            a3 = w3.and(0x7000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = w0.and(0x70000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = w1.and(0x70000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = w2.and(0x70000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = w3.and(0x70000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = w0.and(0x700000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = w1.and(0x700000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = w2.and(0x700000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = w3.and(0x700000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = w0.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a0);
            a1 = w1.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a1);
            a2 = w2.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a2);
            a3 = w3.and(0x7000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, a3);
            FloatVector b7 = FloatVector.broadcast(FLOATS, x[first + 7]);
            a0 = w0.and(0x70000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a0);
            a1 = w1.and(0x70000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a1);
            a2 = w2.and(0x70000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a2);
            a3 = w3.and(0x70000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, a3);
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
        int[] nibbles = new int[inputs / 8 * TILE_ROWS];
        Codes4.packNibbles(codes, inputs, nibbles);
        Arrays.fill(words, 0, inputs / UNIT * 3 * TILE_ROWS, 0);
        for (int eight = 0; eight < inputs / 8; eight++) {
            int step = eight & 3;
            int unit = eight / 4 * 3 * TILE_ROWS;
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int nibble = nibbles[eight * TILE_ROWS + lane];
                words[unit + step / 2 * TILE_ROWS + lane] |= (nibble & 0x33333333) << 2 * (step & 1);
                words[unit + 2 * TILE_ROWS + lane] |= (nibble >>> 2 & 0x11111111) << step;
            }
        }
    }
}
