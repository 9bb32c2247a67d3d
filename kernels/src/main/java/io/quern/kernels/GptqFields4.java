package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Eight inputs of 4 bits in a word. Two vectors of outputs with two sums each hide the latency of additions. */
final class GptqFields4 extends GptqFields {
    GptqFields4() {
        super(4);
    }

    @Override
    void add(MemorySegment words, long at, long rowBytes, int wordRows, int outputs, float[] x, int xOffset,
            float[] sums) {
        for (int n = 0; n < outputs; n += 2 * FLOAT_LANES) {
            FloatVector s = FloatVector.fromArray(FLOATS, sums, n);
            FloatVector t = FloatVector.fromArray(FLOATS, sums, n + FLOAT_LANES);
            FloatVector p = FloatVector.zero(FLOATS);
            FloatVector q = p;
            long word = at + 4L * n;
            int k = xOffset;
            for (int row = 0; row < wordRows; row++) {
                IntVector v = IntVector.fromMemorySegment(INTS, words, word, LITTLE_ENDIAN);
                IntVector w = IntVector.fromMemorySegment(INTS, words, word + VECTOR_BYTES, LITTLE_ENDIAN);
                FloatVector b0 = FloatVector.broadcast(FLOATS, x[k]);
                s = v.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, s);
                t = w.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, t);
                FloatVector b1 = FloatVector.broadcast(FLOATS, x[k + 1]);
                p = v.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, p);
                q = w.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, q);
                FloatVector b2 = FloatVector.broadcast(FLOATS, x[k + 2]);
                s = v.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, s);
                t = w.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, t);
                FloatVector b3 = FloatVector.broadcast(FLOATS, x[k + 3]);
                p = v.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, p);
                q = w.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, q);
                FloatVector b4 = FloatVector.broadcast(FLOATS, x[k + 4]);
                s = v.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, s);
                t = w.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, t);
                FloatVector b5 = FloatVector.broadcast(FLOATS, x[k + 5]);
                p = v.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, p);
                q = w.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5, q);
                FloatVector b6 = FloatVector.broadcast(FLOATS, x[k + 6]);
                s = v.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, s);
                t = w.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, t);
                FloatVector b7 = FloatVector.broadcast(FLOATS, x[k + 7]);
                p = v.lanewise(VectorOperators.LSHR, 28)
                        .convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, p);
                q = w.lanewise(VectorOperators.LSHR, 28)
                        .convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7, q);
                word += rowBytes;
                k += 8;
            }
            s.add(p).intoArray(sums, n);
            t.add(q).intoArray(sums, n + FLOAT_LANES);
        }
    }

    @Override
    void addScattered(MemorySegment words, long at, int outputs, float[] x, int xOffset, int[] groups, float[] scales,
            float[] sums) {
        FloatVector b0 = FloatVector.broadcast(FLOATS, x[xOffset]);
        FloatVector b1 = FloatVector.broadcast(FLOATS, x[xOffset + 1]);
        FloatVector b2 = FloatVector.broadcast(FLOATS, x[xOffset + 2]);
        FloatVector b3 = FloatVector.broadcast(FLOATS, x[xOffset + 3]);
        FloatVector b4 = FloatVector.broadcast(FLOATS, x[xOffset + 4]);
        FloatVector b5 = FloatVector.broadcast(FLOATS, x[xOffset + 5]);
        FloatVector b6 = FloatVector.broadcast(FLOATS, x[xOffset + 6]);
        FloatVector b7 = FloatVector.broadcast(FLOATS, x[xOffset + 7]);
        int g0 = groups[xOffset] * outputs;
        int g1 = groups[xOffset + 1] * outputs;
        int g2 = groups[xOffset + 2] * outputs;
        int g3 = groups[xOffset + 3] * outputs;
        int g4 = groups[xOffset + 4] * outputs;
        int g5 = groups[xOffset + 5] * outputs;
        int g6 = groups[xOffset + 6] * outputs;
        int g7 = groups[xOffset + 7] * outputs;
        for (int n = 0; n < outputs; n += FLOAT_LANES) {
            IntVector v = IntVector.fromMemorySegment(INTS, words, at + 4L * n, LITTLE_ENDIAN);
            FloatVector s = FloatVector.fromArray(FLOATS, sums, n);
            s = v.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b0)
                    .fma(FloatVector.fromArray(FLOATS, scales, g0 + n), s);
            s = v.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b1)
                    .fma(FloatVector.fromArray(FLOATS, scales, g1 + n), s);
            s = v.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b2)
                    .fma(FloatVector.fromArray(FLOATS, scales, g2 + n), s);
            s = v.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b3)
                    .fma(FloatVector.fromArray(FLOATS, scales, g3 + n), s);
            s = v.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b4)
                    .fma(FloatVector.fromArray(FLOATS, scales, g4 + n), s);
            s = v.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b5)
                    .fma(FloatVector.fromArray(FLOATS, scales, g5 + n), s);
            s = v.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b6)
                    .fma(FloatVector.fromArray(FLOATS, scales, g6 + n), s);
            s = v.lanewise(VectorOperators.LSHR, 28).convert(VectorOperators.I2F, 0).reinterpretAsFloats().mul(b7)
                    .fma(FloatVector.fromArray(FLOATS, scales, g7 + n), s);
            s.intoArray(sums, n);
        }
    }
}
