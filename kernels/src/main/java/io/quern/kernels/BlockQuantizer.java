package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Turns 32 inputs of a token into integers of nine bits and a scale: {@code x[k] = scale * q[k]}, {@code |q| <= 255}. Two
 * tokens stand side by side: {@code pairs[k / 2][token]} holds inputs k and k + 1 in its low and high half.
 *
 * <p>A token is merged into {@code pairs}, which must hold zeros in its place. The scale, and the scale times the sum of the
 * integers, are stored where asked; both are NaN or infinite if an input is.
 */
final class BlockQuantizer {
    /** Inputs of a block. */
    static final int INPUTS = 32;

    /** Largest magnitude of a quantised input. */
    static final int LIMIT = 255;

    /** Magnitudes below this count as zero: the inverse of the scale would overflow. */
    private static final float TINY = 1e-30f;

    /** 1.5 * 2^23: added to a float below 2^22, it leaves the float rounded to the nearest integer in its low bits. */
    private static final float ROUNDER = 12582912f;

    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    private BlockQuantizer() {}

    /**
     * A whole block of one token.
     *
     * @param token 0 or 1
     * @param pairsOffset where the block begins
     */
    static void quantize(float[] x, int xOffset, int token, int[] pairs, int pairsOffset, float[] scales, int scaleIndex,
            float[] sums, int sumIndex) {
        IntVector bits = IntVector.zero(INTS);
        for (int k = 0; k < INPUTS; k += FLOAT_LANES) {
            // As integers, magnitudes are in the order of their floats, NaN above infinity.
            bits = bits.max(FloatVector.fromArray(FLOATS, x, xOffset + k).reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        float largest = Float.intBitsToFloat(bits.reduceLanes(VectorOperators.MAX));
        float inverse = inverse(largest);
        int shift = 32 * token;
        IntVector sum = IntVector.zero(INTS);
        for (int k = 0; k < INPUTS; k += FLOAT_LANES) {
            IntVector q = FloatVector.fromArray(FLOATS, x, xOffset + k).mul(inverse).add(ROUNDER).reinterpretAsInts();
            sum = sum.add(q.sub(ROUNDER_BITS));
            // Two ints to two shorts in the low half, then to the token's half.
            LongVector pair = q.reinterpretAsLongs();
            pair.and(0xFFFF)
                    .or(pair.lanewise(VectorOperators.LSHR, 16).and(0xFFFF0000L))
                    .lanewise(VectorOperators.LSHL, shift)
                    .reinterpretAsInts()
                    .or(IntVector.fromArray(INTS, pairs, pairsOffset + k))
                    .intoArray(pairs, pairsOffset + k);
        }
        scales[scaleIndex] = scale(largest);
        sums[sumIndex] = scale(largest) * sum.reduceLanes(VectorOperators.ADD);
    }

    /** The same for the first inputs of a block; the others are zero. */
    static void quantizeScalar(float[] x, int xOffset, int count, int token, int[] pairs, int pairsOffset, float[] scales,
            int scaleIndex, float[] sums, int sumIndex) {
        int bits = 0;
        for (int k = 0; k < count; k++) {
            bits = Math.max(bits, Float.floatToRawIntBits(x[xOffset + k]) & Integer.MAX_VALUE);
        }
        float largest = Float.intBitsToFloat(bits);
        float inverse = inverse(largest);
        int sum = 0;
        for (int k = 0; k < count; k++) {
            int q = Float.floatToRawIntBits(x[xOffset + k] * inverse + ROUNDER) - ROUNDER_BITS;
            sum += q;
            pairs[pairsOffset + k / 2 * 2 + token] |= (q & 0xFFFF) << (k & 1) * 16;
        }
        scales[scaleIndex] = scale(largest);
        sums[sumIndex] = scale(largest) * sum;
    }

    private static float inverse(float largest) {
        return largest < TINY ? 0 : LIMIT / largest;
    }

    private static float scale(float largest) {
        return largest < TINY ? 0 : largest / LIMIT;
    }
}
