package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Softmax and its relatives over one row, for example the logits of a token. */
public final class Softmax {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    /** Weights summed in f32, 32 in each lane, before the sum moves to a double. */
    private static final int BLOCK = 32 * LANES;

    private Softmax() {}

    /**
     * {@code x[i] = e^(x[i] - max) / sum}, in place. A row with an element of -infinity only, or with a NaN, becomes
     * NaN.
     */
    public static void inPlace(float[] x, int offset, int length) {
        float maximum = maximum(x, offset, length);
        double sum = 0;
        for (int i = 0; i < length; i += BLOCK) {
            sum += exponentials(x, offset + i, Math.min(BLOCK, length - i), maximum);
        }
        scale(x, offset, length, (float) (1 / sum));
    }

    /** {@code ln(sum of e^x[i])} in double, for log probabilities: {@code ln p(i) = x[i] - logSumExp}. */
    public static double logSumExp(float[] x, int offset, int length) {
        float maximum = maximum(x, offset, length);
        if (Float.isInfinite(maximum)) {
            return maximum;
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += Math.exp((double) x[offset + i] - maximum);
        }
        return maximum + Math.log(sum);
    }

    /** The index, from 0, of the largest element; the first of equal ones. NaN counts as smaller than everything. */
    public static int argmax(float[] x, int offset, int length) {
        float maximum = maximum(x, offset, length);
        for (int i = 0; i < length; i++) {
            if (x[offset + i] == maximum) {
                return i;
            }
        }
        return 0;
    }

    /** The largest element that is not NaN; -infinity if there is none. */
    static float maximum(float[] x, int offset, int length) {
        FloatVector m0 = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector m1 = m0;
        int i = 0;
        for (; i <= length - 2 * LANES; i += 2 * LANES) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES);
            m0 = m0.blend(v0, v0.compare(VectorOperators.GT, m0));
            m1 = m1.blend(v1, v1.compare(VectorOperators.GT, m1));
        }
        float maximum = Math.max(m0.reduceLanes(VectorOperators.MAX), m1.reduceLanes(VectorOperators.MAX));
        for (; i < length; i++) {
            maximum = x[offset + i] > maximum ? x[offset + i] : maximum;
        }
        return maximum;
    }

    /** {@code x[i] = e^(x[i] - maximum)}; returns their sum. The steps are those of {@link ExpMath#exp}. */
    private static double exponentials(float[] x, int offset, int length, float maximum) {
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i).sub(maximum);
            FloatVector shifted = v.fma(FloatVector.broadcast(SPECIES, ExpMath.LOG2_E), FloatVector.broadcast(SPECIES,
                    ExpMath.ROUND));
            FloatVector n = shifted.sub(ExpMath.ROUND);
            FloatVector r = n.fma(FloatVector.broadcast(SPECIES, ExpMath.MINUS_LN2_HIGH), v);
            r = n.fma(FloatVector.broadcast(SPECIES, ExpMath.MINUS_LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(SPECIES, ExpMath.C7), FloatVector.broadcast(SPECIES,
                    ExpMath.C6));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C5));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C4));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C3));
            p = p.fma(r, FloatVector.broadcast(SPECIES, ExpMath.C2));
            p = p.fma(r.mul(r), r).add(1);
            IntVector bits = p.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23));
            VectorMask<Float> tiny = v.compare(VectorOperators.LT, ExpMath.UNDERFLOW);
            FloatVector y = bits.reinterpretAsFloats().blend(0f, tiny);
            sum = sum.add(y);
            y.intoArray(x, offset + i);
        }
        double total = LaneSum.of(sum);
        for (; i < length; i++) {
            x[offset + i] = ExpMath.exp(x[offset + i] - maximum);
            total += x[offset + i];
        }
        return total;
    }

    private static void scale(float[] x, int offset, int length, float factor) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector.fromArray(SPECIES, x, offset + i).mul(factor).intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] *= factor;
        }
    }
}
