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
    static final int LANES = SPECIES.length();
    private static final int PAGE = KvCache.PAGE;
    /**
     * Weights may grow to e^8 before the sums are moved to a new maximum: far from overflow, and mostly never needed.
     */
    private static final float SLACK = 8;

    private OnlineSoftmax() {}

    /**
     * Turns the scores {@code s[from, limit)} of the page at {@code offset} into weights {@code e^(s - reference)}, the
     * rest of the page into 0, and updates the row's reference and its sums of weights, one a lane. {@code
     * factors[row]} becomes what the older sums of values are to be multiplied by.
     *
     * <p>The reference is a maximum of the scores so far, renewed only when a score exceeds it by more than {@link
     * #SLACK}.
     */
    static void page(float[] s, int offset, int from, int limit, float[] references, float[] sums, float[] factors,
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
        float before = references[row];
        float reference = reference(s, offset, before);
        // Before the first page the reference is -infinity, and the factor e^-infinity = 0.
        float factor = before == reference ? 1 : ExpMath.exp(before - reference);
        references[row] = reference;
        factors[row] = factor;
        exponentials(s, offset, reference, sums, row * LANES, factor);
    }

    /** The reference so far, or the maximum of the page if that is larger by more than {@link #SLACK}. */
    private static float reference(float[] s, int offset, float before) {
        FloatVector maxima = FloatVector.fromArray(SPECIES, s, offset);
        for (int i = LANES; i < PAGE; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, s, offset + i);
            maxima = maxima.blend(x, x.compare(VectorOperators.GT, maxima));
        }
        boolean renew = maxima.compare(VectorOperators.GT, before + SLACK).anyTrue();
        return renew ? maxima.reduceLanes(VectorOperators.MAX) : before;
    }

    /**
     * {@code s = e^(s - reference)} over one page, the steps of {@link ExpMath#exp}; no argument exceeds {@link
     * #SLACK}. The sums, one a lane, are multiplied by the factor, then the page is added.
     */
    private static void exponentials(float[] s, int offset, float reference, float[] sums, int sumOffset,
            float factor) {
        FloatVector sum = FloatVector.fromArray(SPECIES, sums, sumOffset).mul(factor);
        for (int i = 0; i < PAGE; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, s, offset + i).sub(reference);
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
        sum.intoArray(sums, sumOffset);
    }
}
