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

/** Codes of 8 bits: Q8_0, GPTQ, compressed-tensors. Signed bytes are stored 128 higher. */
final class Codes8 extends PairedPlane {
    Codes8() {
        super(8);
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
        for (int k = 0; k < inputs; k += 4) {
            long word = at + (long) (k / 4) * TILE_WORD_BYTES;
            int first = from + k;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = w0.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = w1.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = w2.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = w3.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = w0.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = w1.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = w2.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = w3.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = w0.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = w1.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = w2.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = w3.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = w0.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3,
                    a0);
            a1 = w1.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3,
                    a1);
            a2 = w2.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3,
                    a2);
            a3 = w3.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3,
                    a3);
            if (k + 4 == blockEnd) {
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

    /** Four bytes in the order 0, 2, 1, 3. */
    @Override
    void pack(long[] codes, int inputs, int[] words) {
        for (int block = 0; block < inputs / 8; block++) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                long code = codes[block * TILE_ROWS + lane];
                words[2 * block * TILE_ROWS + lane] = swapMiddle((int) code);
                words[(2 * block + 1) * TILE_ROWS + lane] = swapMiddle((int) (code >>> 32));
            }
        }
    }

    private static int swapMiddle(int bytes) {
        return bytes & 0xFF0000FF | (bytes & 0xFF00) << 8 | bytes >>> 8 & 0xFF00;
    }
}
