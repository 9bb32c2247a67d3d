package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Weights of 32 bits: F32, and what fits no other layout. */
final class Float32Matrix extends DenseMatrix {
    Float32Matrix(int rows, int columns, MemorySegment data) {
        super(rows, columns, TensorType.F32, data, FloatTerms.PLAIN);
    }

    @Override
    void unpack(long at, int inputs, float[] target, int targetOffset) {
        MemorySegment.copy(
                data, java.lang.foreign.ValueLayout.JAVA_FLOAT, at, target, targetOffset, inputs * TILE_ROWS);
    }

    @Override
    void accumulate(long at, int inputs, float[] x, int xOffset, VectorScratch scratch) {
        float[] sums = scratch.sums;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        for (int k = 0; k < inputs; k++) {
            long word = at + (long) k * TILE_WORD_BYTES;
            FloatVector input = FloatVector.broadcast(FLOATS, x[xOffset + k]);
            s0 = FloatVector.fromMemorySegment(FLOATS, data, word, ORDER).fma(input, s0);
            s1 = FloatVector.fromMemorySegment(FLOATS, data, word + VECTOR_BYTES, ORDER).fma(input, s1);
            s2 = FloatVector.fromMemorySegment(FLOATS, data, word + 2 * VECTOR_BYTES, ORDER).fma(input, s2);
            s3 = FloatVector.fromMemorySegment(FLOATS, data, word + 3 * VECTOR_BYTES, ORDER).fma(input, s3);
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
