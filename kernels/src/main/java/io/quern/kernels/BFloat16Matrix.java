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

/** Weights of BF16: the top half of an f32. */
final class BFloat16Matrix extends DenseMatrix {
    BFloat16Matrix(int rows, int columns, MemorySegment data) {
        super(rows, columns, TensorType.BF16, data, FloatTerms.PLAIN);
    }

    @Override
    void unpack(long at, int inputs, float[] target, int targetOffset) {
        for (int k = 0; k < inputs; k += 2) {
            long word = at + (long) (k / 2) * TILE_WORD_BYTES;
            for (int v = 0; v < 4; v++) {
                IntVector pair = IntVector.fromMemorySegment(INTS, data, word + (long) v * VECTOR_BYTES, ORDER);
                int index = targetOffset + k * TILE_ROWS + v * FLOAT_LANES;
                pair.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(target, index);
                pair.and(0xFFFF0000).reinterpretAsFloats().intoArray(target, index + TILE_ROWS);
            }
        }
    }

    @Override
    void accumulate(long at, int inputs, float[] x, int xOffset, VectorScratch scratch) {
        float[] sums = scratch.sums;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        for (int k = 0; k < inputs; k += 2) {
            long word = at + (long) (k / 2) * TILE_WORD_BYTES;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector even = FloatVector.broadcast(FLOATS, x[xOffset + k]);
            s0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s0);
            s1 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s1);
            s2 = w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s2);
            s3 = w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s3);
            FloatVector odd = FloatVector.broadcast(FLOATS, x[xOffset + k + 1]);
            s0 = w0.and(0xFFFF0000).reinterpretAsFloats().fma(odd, s0);
            s1 = w1.and(0xFFFF0000).reinterpretAsFloats().fma(odd, s1);
            s2 = w2.and(0xFFFF0000).reinterpretAsFloats().fma(odd, s2);
            s3 = w3.and(0xFFFF0000).reinterpretAsFloats().fma(odd, s3);
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
