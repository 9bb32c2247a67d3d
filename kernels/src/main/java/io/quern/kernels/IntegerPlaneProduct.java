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
 * Matrix-vector product of small codes on 16-bit lanes, for every plane: term by term, as {@link IntegerTerms} say.
 */
final class IntegerPlaneProduct {
    private IntegerPlaneProduct() {}

    static void accumulate(MemorySegment data, long at, long unitBytes, IntegerTerms terms, IntegerInput x,
            VectorScratch task) {
        float[] sums = task.sums;
        float[] scales = task.scales;
        int[] factors = x.factors;
        int run = task.from / RUN;
        int blockRuns = Math.min(task.blockInputs, task.inputs) / RUN;
        int blockEnd = run + blockRuns;
        int[] steps = terms.steps;
        int term = 0;
        int firstFactor = run / 2 * steps.length;
        int termCount = task.inputs / 32 * steps.length;
        long unitAt = at;
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
        IntVector w0 = IntVector.zero(INTS);
        IntVector w1 = IntVector.zero(INTS);
        IntVector w2 = IntVector.zero(INTS);
        IntVector w3 = IntVector.zero(INTS);
        for (int i = 0; i < termCount; i++) {
            int step = steps[term];
            if ((step & PlaneSteps.LOAD) != 0) {
                long wordAt = unitAt + (long) PlaneSteps.word(step) * TILE_WORD_BYTES;
                w0 = IntVector.fromMemorySegment(INTS, data, wordAt, ORDER);
                w1 = IntVector.fromMemorySegment(INTS, data, wordAt + VECTOR_BYTES, ORDER);
                w2 = IntVector.fromMemorySegment(INTS, data, wordAt + 2 * VECTOR_BYTES, ORDER);
                w3 = IntVector.fromMemorySegment(INTS, data, wordAt + 3 * VECTOR_BYTES, ORDER);
            }
            int shift = step & PlaneSteps.SHIFT;
            ShortVector c = IntVector.broadcast(INTS, factors[firstFactor + i]).reinterpretAsShorts();
            a0 = a0.add(w0.lanewise(LSHR, shift).reinterpretAsShorts().mul(c));
            a1 = a1.add(w1.lanewise(LSHR, shift).reinterpretAsShorts().mul(c));
            a2 = a2.add(w2.lanewise(LSHR, shift).reinterpretAsShorts().mul(c));
            a3 = a3.add(w3.lanewise(LSHR, shift).reinterpretAsShorts().mul(c));
            term++;
            if (term == steps.length) {
                term = 0;
                unitAt += unitBytes;
            }
            if ((step & PlaneSteps.END) == 0) {
                continue;
            }
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
