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

/** Codes of 6 bits: Q6_K. Three words hold 16: five each, and the top bits of the three are the last code. */
final class Codes6 extends SpreadPlane {
    Codes6() {
        super(6);
        for (int k = 0; k < UNIT; k++) {
            int firstWord = k / 16 * 3;
            wordOf[k] = firstWord + Math.min(k % 16 / 5, 2);
            shiftOf[k] = k % 16 % 5 * 6;
            if (k % 16 == 15) {
                spreadBits[k] = new int[6];
                for (int bit = 0; bit < 6; bit++) {
                    spreadBits[k][bit] = (firstWord + bit / 2) * 32 + 30 + bit % 2;
                }
            }
        }
        placesKnown();
    }

    @Override
    void accumulate(MemorySegment data, long at, int inputs, int blockInputs, float[] x, float[] scales, float[] sums) {
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        int scale = 0;
        for (int from = 0; from < inputs; from += blockInputs) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int limit = Math.min(from + blockInputs, inputs);
            for (int k = from; k < limit; k += 16) {
                long unit = at + (long) (k / 16 * 3) * TILE_WORD_BYTES;
                IntVector t0 = IntVector.zero(INTS);
                IntVector t1 = t0;
                IntVector t2 = t0;
                IntVector t3 = t0;
                for (int j = 0; j < 3; j++) {
                    long word = unit + (long) j * TILE_WORD_BYTES;
                    int first = k + 5 * j;
                    IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
                    IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
                    IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
                    IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
                    FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
                    a0 = w0.and(0x3F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
                    a1 = w1.and(0x3F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
                    a2 = w2.and(0x3F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
                    a3 = w3.and(0x3F).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
                    FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
                    a0 = w0.and(0xFC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
                    a1 = w1.and(0xFC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
                    a2 = w2.and(0xFC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
                    a3 = w3.and(0xFC0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
                    FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
                    a0 = w0.and(0x3F000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
                    a1 = w1.and(0x3F000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
                    a2 = w2.and(0x3F000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
                    a3 = w3.and(0x3F000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
                    FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
                    a0 = w0.and(0xFC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
                    a1 = w1.and(0xFC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
                    a2 = w2.and(0xFC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
                    a3 = w3.and(0xFC0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
                    FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
                    a0 = w0.and(0x3F000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
                    a1 = w1.and(0x3F000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
                    a2 = w2.and(0x3F000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
                    a3 = w3.and(0x3F000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
                    t0 = t0.lanewise(VectorOperators.LSHR, 2).or(w0.and(0xC0000000));
                    t1 = t1.lanewise(VectorOperators.LSHR, 2).or(w1.and(0xC0000000));
                    t2 = t2.lanewise(VectorOperators.LSHR, 2).or(w2.and(0xC0000000));
                    t3 = t3.lanewise(VectorOperators.LSHR, 2).or(w3.and(0xC0000000));
                }
                FloatVector c0 = FloatVector.broadcast(FLOATS, x[k + 15]);
                a0 = t0.lanewise(VectorOperators.LSHR, 26).convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .fma(c0, a0);
                a1 = t1.lanewise(VectorOperators.LSHR, 26).convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .fma(c0, a1);
                a2 = t2.lanewise(VectorOperators.LSHR, 26).convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .fma(c0, a2);
                a3 = t3.lanewise(VectorOperators.LSHR, 26).convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .fma(c0, a3);
            }
            s0 = a0.fma(FloatVector.fromArray(FLOATS, scales, scale), s0);
            s1 = a1.fma(FloatVector.fromArray(FLOATS, scales, scale + FLOAT_LANES), s1);
            s2 = a2.fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * FLOAT_LANES), s2);
            s3 = a3.fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * FLOAT_LANES), s3);
            scale += TILE_ROWS;
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
