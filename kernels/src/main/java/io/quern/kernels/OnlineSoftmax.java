package io.quern.kernels;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Softmax over one page of scores at a time: the sums so far are moved to the new maximum (Milakov, Gimelshein 2018).
 */
final class OnlineSoftmax {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int PAGE = KvCache.PAGE;

    private OnlineSoftmax() {}

    /**
     * Turns the scores {@code s[from, limit)} of the page at {@code offset} into weights {@code e^(s - maximum)}, the
     * rest of the page into 0, and updates the row's running maximum and sum of weights. {@code factors[row]} becomes
     * what the older sums are to be multiplied by.
     */
    static void page(float[] s, int offset, int from, int limit, float[] maxima, float[] sums, float[] factors,
            int row) {
        if (from >= limit) {
            Arrays.fill(s, offset, offset + PAGE, 0f);
            factors[row] = 1;
            return;
        }
        for (int i = 0; i < from; i++) {
            s[offset + i] = Float.NEGATIVE_INFINITY;
        }
        for (int i = limit; i < PAGE; i++) {
            s[offset + i] = Float.NEGATIVE_INFINITY;
        }
        float before = maxima[row];
        float maximum = Math.max(before, maximum(s, offset));
        float sum = exponentials(s, offset, maximum);
        // Before the first page the maximum is -infinity, and the factor e^-infinity = 0.
        float factor = before == maximum ? 1 : ExpMath.exp(before - maximum);
        maxima[row] = maximum;
        sums[row] = sums[row] * factor + sum;
        factors[row] = factor;
    }

    private static float maximum(float[] s, int offset) {
        FloatVector max = FloatVector.fromArray(SPECIES, s, offset);
        for (int i = LANES; i < PAGE; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, s, offset + i);
            max = max.blend(x, x.compare(VectorOperators.GT, max));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /** {@code s = e^(s - maximum)} over one page; returns the sum. All arguments of the exponential are at most 0. */
    private static float exponentials(float[] s, int offset, float maximum) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int i = 0; i < PAGE; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, s, offset + i).sub(maximum);
            FloatVector shifted = x.fma(FloatVector.broadcast(SPECIES, ExpMath.LOG2_E), FloatVector.broadcast(SPECIES,
                    ExpMath.ROUND));
            FloatVector n = shifted.sub(ExpMath.ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(SPECIES, ExpMath.MINUS_LN2_HIGH), x);
            r = n.fma(FloatVector.broadcast(SPECIES, ExpMath.MINUS_LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(SPECIES, ExpMath.C7), FloatVector.broadcast(SPECIES,
                    ExpMath.C6));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C5));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C4));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C3));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C2));
            p = p.fma(r.mul(r), r).add(1);
            IntVector bits = p.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23));
            VectorMask<Float> tiny = x.compare(VectorOperators.LT, ExpMath.UNDERFLOW);
            FloatVector y = bits.reinterpretAsFloats().blend(0f, tiny);
            sum = sum.add(y);
            y.intoArray(s, offset + i);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
