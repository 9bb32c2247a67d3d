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

/** Matrix-vector product of codes with floats, for every plane: term by term, as {@link FloatTerms} say. */
final class FloatPlaneProduct {
    private FloatPlaneProduct() {}

    /** Arguments as of {@link CodePlane#accumulate(MemorySegment, long, float[], float[], VectorScratch)}. */
    static void accumulate(MemorySegment data, long at, long unitBytes, FloatTerms terms, float[] values,
            float[] blockSums, VectorScratch task) {
        float[] sums = task.sums;
        float[] scales = task.scales;
        int half = task.from / 16;
        int block = task.from / task.blockInputs;
        int blockHalves = Math.min(task.blockInputs, task.inputs) / 16;
        int halfLimit = half + task.inputs / 16;
        int blockEnd = half + blockHalves;
        int[] steps = terms.steps;
        int[] masks = terms.masks;
        int term = 0;
        int firstValue = half / 2 * steps.length * 2;
        int termCount = task.inputs / 32 * steps.length;
        long unitAt = at;
        float startFactor = task.startFactor;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        FloatVector a0 = FloatVector.broadcast(FLOATS, startFactor * blockSums[block]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        IntVector w0 = IntVector.zero(INTS);
        IntVector w1 = w0;
        IntVector w2 = w0;
        IntVector w3 = w0;
        int scale = 0;
        for (int i = 0; i < termCount; i++) {
            int step = steps[term];
            if ((step & PlaneSteps.LOAD) != 0) {
                long wordAt = unitAt + (long) PlaneSteps.word(step) * TILE_WORD_BYTES;
                w0 = IntVector.fromMemorySegment(INTS, data, wordAt, ORDER);
                w1 = IntVector.fromMemorySegment(INTS, data, wordAt + VECTOR_BYTES, ORDER);
                w2 = IntVector.fromMemorySegment(INTS, data, wordAt + 2 * VECTOR_BYTES, ORDER);
                w3 = IntVector.fromMemorySegment(INTS, data, wordAt + 3 * VECTOR_BYTES, ORDER);
            }
            IntVector mask = IntVector.broadcast(INTS, masks[term]);
            FloatVector x = FloatVector.broadcast(FLOATS, values[firstValue + 2 * i]);
            a0 = w0.and(mask).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(x, a0);
            a1 = w1.and(mask).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(x, a1);
            a2 = w2.and(mask).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(x, a2);
            a3 = w3.and(mask).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(x, a3);
            x = FloatVector.broadcast(FLOATS, values[firstValue + 2 * i + 1]);
            a0 = w0.lanewise(VectorOperators.LSHR, 16).and(mask).convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats().fma(x, a0);
            a1 = w1.lanewise(VectorOperators.LSHR, 16).and(mask).convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats().fma(x, a1);
            a2 = w2.lanewise(VectorOperators.LSHR, 16).and(mask).convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats().fma(x, a2);
            a3 = w3.lanewise(VectorOperators.LSHR, 16).and(mask).convert(VectorOperators.I2F, 0)
                    .reinterpretAsFloats().fma(x, a3);
            term++;
            if (term == steps.length) {
                term = 0;
                unitAt += unitBytes;
            }
            if ((step & PlaneSteps.END) == 0) {
                continue;
            }
            half++;
            if (half == blockEnd) {
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
                blockEnd = Math.min(blockEnd + blockHalves, halfLimit);
            }
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }
}
