package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static io.quern.kernels.IntegerInput.RUN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Matrix-vector product of 6-bit codes on 16-bit lanes: three words hold 16 inputs, whole codes at 0 and 6 and pieces
 * of the last two codes above them ({@link CodePieces}). See {@link IntegerTerms} for why nothing is masked.
 *
 * <p>{@link IntegerPlaneProduct} with its steps written out, as {@link IntegerCodes4}.
 */
final class IntegerCodes6 {
    private static final int RUN_TERMS = 10;
    private static final int RUN_WORDS = 3;

    private IntegerCodes6() {}

    /** As {@link CodePlane#accumulate(MemorySegment, long, IntegerInput, VectorScratch)}. */
    static void accumulate(MemorySegment data, long at, IntegerInput x, VectorScratch task) {
        float[] sums = task.sums;
        float[] scales = task.scales;
        int[] factors = x.factors;
        int run = task.from / RUN;
        int blockRuns = Math.min(task.blockInputs, task.inputs) / RUN;
        int blockEnd = run + blockRuns;
        int factor = run * RUN_TERMS;
        int words = task.inputs / RUN * RUN_WORDS;
        float startFactor = task.startFactor;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        ShortVector a0 = IntVector.broadcast(INTS, x.starts[run]).reinterpretAsShorts();
        ShortVector a1 = a0;
        ShortVector a2 = a0;
        ShortVector a3 = a0;
        int scale = 0;
        int word = 0;
        for (int i = 0; i < words; i++) {
            long wordAt = at + (long) i * TILE_WORD_BYTES;
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, wordAt, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, wordAt + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, wordAt + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, wordAt + 3 * VECTOR_BYTES, ORDER);
            ShortVector c = IntVector.broadcast(INTS, factors[factor]).reinterpretAsShorts();
            a0 = a0.add(w0.reinterpretAsShorts().mul(c));
            a1 = a1.add(w1.reinterpretAsShorts().mul(c));
            a2 = a2.add(w2.reinterpretAsShorts().mul(c));
            a3 = a3.add(w3.reinterpretAsShorts().mul(c));
            c = IntVector.broadcast(INTS, factors[factor + 1]).reinterpretAsShorts();
            a0 = a0.add(w0.lanewise(LSHR, 6).reinterpretAsShorts().mul(c));
            a1 = a1.add(w1.lanewise(LSHR, 6).reinterpretAsShorts().mul(c));
            a2 = a2.add(w2.lanewise(LSHR, 6).reinterpretAsShorts().mul(c));
            a3 = a3.add(w3.lanewise(LSHR, 6).reinterpretAsShorts().mul(c));
            c = IntVector.broadcast(INTS, factors[factor + 2]).reinterpretAsShorts();
            a0 = a0.add(w0.lanewise(LSHR, 12).reinterpretAsShorts().mul(c));
            a1 = a1.add(w1.lanewise(LSHR, 12).reinterpretAsShorts().mul(c));
            a2 = a2.add(w2.lanewise(LSHR, 12).reinterpretAsShorts().mul(c));
            a3 = a3.add(w3.lanewise(LSHR, 12).reinterpretAsShorts().mul(c));
            factor += 3;
            word++;
            if (word < RUN_WORDS) {
                continue;
            }
            word = 0;
            c = IntVector.broadcast(INTS, factors[factor]).reinterpretAsShorts();
            a0 = a0.add(w0.lanewise(LSHR, 14).reinterpretAsShorts().mul(c));
            a1 = a1.add(w1.lanewise(LSHR, 14).reinterpretAsShorts().mul(c));
            a2 = a2.add(w2.lanewise(LSHR, 14).reinterpretAsShorts().mul(c));
            a3 = a3.add(w3.lanewise(LSHR, 14).reinterpretAsShorts().mul(c));
            factor++;
            FloatVector inputScale = FloatVector.broadcast(FLOATS, x.scales[run]);
            FloatVector start = FloatVector.broadcast(FLOATS, startFactor * x.runSums[run]);
            IntVector n = a0.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s0 = n.convert(I2F, 0).reinterpretAsFloats().fma(inputScale, start)
                    .fma(FloatVector.fromArray(FLOATS, scales, scale), s0);
            n = a1.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s1 = n.convert(I2F, 0).reinterpretAsFloats().fma(inputScale, start)
                    .fma(FloatVector.fromArray(FLOATS, scales, scale + FLOAT_LANES), s1);
            n = a2.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s2 = n.convert(I2F, 0).reinterpretAsFloats().fma(inputScale, start)
                    .fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * FLOAT_LANES), s2);
            n = a3.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s3 = n.convert(I2F, 0).reinterpretAsFloats().fma(inputScale, start)
                    .fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * FLOAT_LANES), s3);
            run++;
            if (run == blockEnd) {
                scale += TILE_ROWS;
                blockEnd += blockRuns;
            }
            a0 = IntVector.broadcast(INTS, x.starts[run]).reinterpretAsShorts();
            a1 = a0;
            a2 = a0;
            a3 = a0;
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
