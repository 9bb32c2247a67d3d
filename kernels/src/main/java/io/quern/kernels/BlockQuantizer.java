package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Turns 32 inputs of a token into integers: {@code x[k] = scale * q[k]}, with one scale for all or one for each half.
 * {@code pairs[k / 2]} holds the integers k and k + 1 in its low and high half. Scales are NaN or infinite if an input
 * is.
 *
 * <p>Kernels sum the products in 16 bits: those of the even inputs in one lane, those of the odd ones in another, and
 * in the end both. All that must fit is that sum: what it passes through wraps around and comes back. So not the
 * largest integer is bounded but the sum of their magnitudes, which leaves common inputs nine to ten bits, where a
 * bound on each would leave eight.
 */
final class BlockQuantizer {
    /** Inputs of a block. */
    static final int INPUTS = 32;

    /** Inputs of a half. */
    static final int HALF = INPUTS / 2;

    /** Sums below this count as zero: the inverse of the scale would overflow. */
    private static final float TINY = 1e-30f;

    /** 1.5 * 2^23: added to a float below 2^22, it leaves the float rounded to the nearest integer in its low bits. */
    private static final float ROUNDER = 12582912f;

    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    /** Two vectors of pairs, one in the even lanes and one in the odd lanes, to one after the other. */
    private static final VectorShuffle<Integer> EVEN_THEN_ODD =
            VectorShuffle.fromOp(INTS, i -> i < FLOAT_LANES / 2 ? 2 * i : 2 * i + 1 - FLOAT_LANES);

    private BlockQuantizer() {}

    /**
     * How much the magnitudes of so many integers may sum up to, so that their products with codes up to a magnitude
     * fit 16 bits. Rounding adds at most one half each.
     */
    static float limit(int largestCode, int products) {
        return (float) (Short.MAX_VALUE / largestCode - products / 2);
    }

    /**
     * One scale for all: {@code scales[scaleIndex]}, and in sums the sum of what the integers stand for.
     *
     * @param count inputs that there are; the others become zero
     */
    static void quantize(float[] x, int xOffset, int count, float limit, int[] pairs, int pairsOffset, float[] scales,
            int scaleIndex, float[] sums, int sumIndex) {
        if (count < INPUTS) {
            quantizeScalar(x, xOffset, count, limit, pairs, pairsOffset, scales, scaleIndex, sums, sumIndex);
            return;
        }
        float magnitude = magnitude(x, xOffset, INPUTS);
        float inverse = inverse(magnitude, limit);
        int sum = quantize(x, xOffset, inverse, inverse, pairs, pairsOffset);
        scales[scaleIndex] = scale(magnitude, limit);
        sums[sumIndex] = scale(magnitude, limit) * sum;
    }

    /**
     * A scale for each half: {@code scales[scaleIndex]} and {@code scales[scaleIndex + scaleStride]}.
     *
     * @param count inputs that there are; the others become zero
     */
    static void quantizeHalves(float[] x, int xOffset, int count, float limit, int[] pairs, int pairsOffset,
            float[] scales, int scaleIndex, int scaleStride) {
        float first = magnitude(x, xOffset, Math.min(HALF, count));
        float second = magnitude(x, xOffset + HALF, Math.max(0, count - HALF));
        if (count < INPUTS) {
            Arrays.fill(pairs, pairsOffset, pairsOffset + INPUTS / 2, 0);
            quantizeScalar(x, xOffset, 0, Math.min(HALF, count), inverse(first, limit), pairs, pairsOffset);
            quantizeScalar(x, xOffset, HALF, count, inverse(second, limit), pairs, pairsOffset);
        } else {
            quantize(x, xOffset, inverse(first, limit), inverse(second, limit), pairs, pairsOffset);
        }
        scales[scaleIndex] = scale(first, limit);
        scales[scaleIndex + scaleStride] = scale(second, limit);
    }

    /** Returns the sum of the integers. */
    private static int quantize(
            float[] x, int xOffset, float firstInverse, float secondInverse, int[] pairs, int pairsOffset) {
        IntVector sum = IntVector.zero(INTS);
        for (int k = 0; k < INPUTS; k += 2 * FLOAT_LANES) {
            float inverse = k < HALF ? firstInverse : secondInverse;
            float nextInverse = k + FLOAT_LANES < HALF ? firstInverse : secondInverse;
            IntVector a = FloatVector.fromArray(FLOATS, x, xOffset + k).mul(inverse).add(ROUNDER).reinterpretAsInts();
            IntVector b = FloatVector.fromArray(FLOATS, x, xOffset + k + FLOAT_LANES)
                    .mul(nextInverse)
                    .add(ROUNDER)
                    .reinterpretAsInts();
            sum = sum.add(a.sub(ROUNDER_BITS)).add(b.sub(ROUNDER_BITS));
            // Two ints to two shorts in the low half of a long; those of b go to the high half.
            LongVector even = a.reinterpretAsLongs();
            LongVector odd = b.reinterpretAsLongs();
            even = even.and(0xFFFF).or(even.lanewise(VectorOperators.LSHR, 16).and(0xFFFF0000L));
            odd = odd.and(0xFFFF).or(odd.lanewise(VectorOperators.LSHR, 16).and(0xFFFF0000L));
            even.or(odd.lanewise(VectorOperators.LSHL, 32))
                    .reinterpretAsInts()
                    .rearrange(EVEN_THEN_ODD)
                    .intoArray(pairs, pairsOffset + k / 2);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** The scalar twin of {@link #quantize}. */
    static void quantizeScalar(float[] x, int xOffset, int count, float limit, int[] pairs, int pairsOffset,
            float[] scales, int scaleIndex, float[] sums, int sumIndex) {
        float magnitude = magnitude(x, xOffset, count);
        Arrays.fill(pairs, pairsOffset, pairsOffset + INPUTS / 2, 0);
        int sum = quantizeScalar(x, xOffset, 0, count, inverse(magnitude, limit), pairs, pairsOffset);
        scales[scaleIndex] = scale(magnitude, limit);
        sums[sumIndex] = scale(magnitude, limit) * sum;
    }

    /** Returns the sum of the integers. */
    private static int quantizeScalar(
            float[] x, int xOffset, int from, int limit, float inverse, int[] pairs, int pairsOffset) {
        int sum = 0;
        for (int k = from; k < limit; k++) {
            int q = Float.floatToRawIntBits(x[xOffset + k] * inverse + ROUNDER) - ROUNDER_BITS;
            sum += q;
            pairs[pairsOffset + k / 2] |= (q & 0xFFFF) << (k & 1) * 16;
        }
        return sum;
    }

    private static float magnitude(float[] x, int xOffset, int count) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        int k = xOffset;
        for (int limit = xOffset + count - 3; k < limit; k += 4) {
            sum0 += Math.abs(x[k]);
            sum1 += Math.abs(x[k + 1]);
            sum2 += Math.abs(x[k + 2]);
            sum3 += Math.abs(x[k + 3]);
        }
        for (; k < xOffset + count; k++) {
            sum0 += Math.abs(x[k]);
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    private static float inverse(float magnitude, float limit) {
        return magnitude < TINY ? 0 : limit / magnitude;
    }

    private static float scale(float magnitude, float limit) {
        return magnitude < TINY ? 0 : magnitude / limit;
    }
}
