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
 * Turns 32 inputs of a token into integers of nine bits and a scale: {@code x[k] = scale * q[k]}, {@code |q| <= 255}.
 * {@code pairs[k / 2]} holds inputs k and k + 1 in its low and high half. The scale, and the scale times the sum of the
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

    /** Two vectors of pairs, one in the even lanes and one in the odd lanes, to one after the other. */
    private static final VectorShuffle<Integer> EVEN_THEN_ODD =
            VectorShuffle.fromOp(INTS, i -> i < FLOAT_LANES / 2 ? 2 * i : 2 * i + 1 - FLOAT_LANES);

    private BlockQuantizer() {}

    /** A whole block. */
    static void quantize(float[] x, int xOffset, int[] pairs, int pairsOffset, float[] scales, int scaleIndex, float[] sums,
            int sumIndex) {
        IntVector bits = IntVector.zero(INTS);
        for (int k = 0; k < INPUTS; k += FLOAT_LANES) {
            // As integers, magnitudes are in the order of their floats, NaN above infinity.
            bits = bits.max(FloatVector.fromArray(FLOATS, x, xOffset + k).reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        float largest = Float.intBitsToFloat(bits.reduceLanes(VectorOperators.MAX));
        float inverse = inverse(largest);
        IntVector sum = IntVector.zero(INTS);
        for (int k = 0; k < INPUTS; k += 2 * FLOAT_LANES) {
            IntVector a = FloatVector.fromArray(FLOATS, x, xOffset + k).mul(inverse).add(ROUNDER).reinterpretAsInts();
            IntVector b = FloatVector.fromArray(FLOATS, x, xOffset + k + FLOAT_LANES)
                    .mul(inverse)
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
        scales[scaleIndex] = scale(largest);
        sums[sumIndex] = scale(largest) * sum.reduceLanes(VectorOperators.ADD);
    }

    /** The same for the first inputs of a block; the others become zero. */
    static void quantizeScalar(float[] x, int xOffset, int count, int[] pairs, int pairsOffset, float[] scales,
            int scaleIndex, float[] sums, int sumIndex) {
        int bits = 0;
        for (int k = 0; k < count; k++) {
            bits = Math.max(bits, Float.floatToRawIntBits(x[xOffset + k]) & Integer.MAX_VALUE);
        }
        float largest = Float.intBitsToFloat(bits);
        float inverse = inverse(largest);
        int sum = 0;
        Arrays.fill(pairs, pairsOffset, pairsOffset + INPUTS / 2, 0);
        for (int k = 0; k < count; k++) {
            int q = Float.floatToRawIntBits(x[xOffset + k] * inverse + ROUNDER) - ROUNDER_BITS;
            sum += q;
            pairs[pairsOffset + k / 2] |= (q & 0xFFFF) << (k & 1) * 16;
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
