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
 * Weights of F16. A half moved to the place of a float's exponent and mantissa is too small by 2^112, subnormal ones
 * too: the sums are multiplied by that in the end. Infinities and NaN do not survive this; a matrix that has any is
 * unpacked first.
 */
final class Float16Matrix extends DenseMatrix {
    /** Sign, exponent and mantissa of a half, three bits below the top of the word. */
    private static final int PLACE = 0x8FFFE000;

    private static final int EXPONENT = 0x0F800000;

    /** Half of the exponent goes into the inputs, so that neither products nor sums leave the range of floats. */
    private static final float HALF_SCALE = 0x1p56f;

    private static final FloatTerms SCALED = FloatTerms.inOrder(k -> HALF_SCALE);

    private final boolean infinite;

    Float16Matrix(int rows, int columns, MemorySegment data, boolean infinite) {
        super(rows, columns, TensorType.F16, data, infinite ? FloatTerms.PLAIN : SCALED);
        this.infinite = infinite;
    }

    @Override
    void unpack(long at, int inputs, float[] target, int targetOffset) {
        for (int k = 0; k < inputs; k++) {
            long word = at + (long) (k / 2) * TILE_WORD_BYTES;
            int toTop = 16 * (1 - (k & 1));
            for (int v = 0; v < 4; v++) {
                IntVector half = IntVector.fromMemorySegment(INTS, data, word + (long) v * VECTOR_BYTES, ORDER)
                        .lanewise(VectorOperators.LSHL, toTop)
                        .lanewise(VectorOperators.ASHR, 3)
                        .and(PLACE);
                half.reinterpretAsFloats()
                        .mul(0x1p112f)
                        .blend(
                                half.or(0x7F800000).reinterpretAsFloats(),
                                half.and(EXPONENT).compare(VectorOperators.EQ, EXPONENT).cast(FLOATS))
                        .intoArray(target, targetOffset + k * TILE_ROWS + v * FLOAT_LANES);
            }
        }
    }

    @Override
    void accumulate(long at, int inputs, float[] x, int xOffset, VectorScratch scratch) {
        if (infinite) {
            unpack(at, inputs, scratch.weights, 0);
            UnpackedProduct.accumulate(scratch.weights, inputs, x, xOffset, scratch.sums);
            return;
        }
        float[] sums = scratch.sums;
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int k = 0; k < inputs; k += 2) {
            long word = at + (long) (k / 2) * TILE_WORD_BYTES;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            FloatVector even = FloatVector.broadcast(FLOATS, x[xOffset + k]);
            s0 = w0.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(PLACE)
                    .reinterpretAsFloats().fma(even, s0);
            s1 = w1.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(PLACE)
                    .reinterpretAsFloats().fma(even, s1);
            s2 = w2.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(PLACE)
                    .reinterpretAsFloats().fma(even, s2);
            s3 = w3.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(PLACE)
                    .reinterpretAsFloats().fma(even, s3);
            FloatVector odd = FloatVector.broadcast(FLOATS, x[xOffset + k + 1]);
            s0 = w0.lanewise(VectorOperators.ASHR, 3).and(PLACE).reinterpretAsFloats().fma(odd, s0);
            s1 = w1.lanewise(VectorOperators.ASHR, 3).and(PLACE).reinterpretAsFloats().fma(odd, s1);
            s2 = w2.lanewise(VectorOperators.ASHR, 3).and(PLACE).reinterpretAsFloats().fma(odd, s2);
            s3 = w3.lanewise(VectorOperators.ASHR, 3).and(PLACE).reinterpretAsFloats().fma(odd, s3);
        }
        s0.mul(HALF_SCALE).add(FloatVector.fromArray(FLOATS, sums, 0 * FLOAT_LANES)).intoArray(sums, 0 * FLOAT_LANES);
        s1.mul(HALF_SCALE).add(FloatVector.fromArray(FLOATS, sums, 1 * FLOAT_LANES)).intoArray(sums, 1 * FLOAT_LANES);
        s2.mul(HALF_SCALE).add(FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES)).intoArray(sums, 2 * FLOAT_LANES);
        s3.mul(HALF_SCALE).add(FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES)).intoArray(sums, 3 * FLOAT_LANES);
    }
}
