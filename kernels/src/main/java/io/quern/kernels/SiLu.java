package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The gate of the feed-forward block: {@code silu(gate) * up} with {@code silu(x) = x / (1 + e^-x)}. */
public final class SiLu {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private SiLu() {}

    /** {@code h[i] = silu(gate[i]) * up[i]}; {@code h} may be {@code gate} or {@code up}. */
    public static void gate(float[] gate, int gateOffset, float[] up, int upOffset, float[] h, int hOffset,
            int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector g = FloatVector.fromArray(SPECIES, gate, gateOffset + i);
            FloatVector u = FloatVector.fromArray(SPECIES, up, upOffset + i);
            // The steps of ExpMath.exp for x = -g.
            FloatVector x = g.neg();
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
            VectorMask<Float> huge = x.compare(VectorOperators.GT, ExpMath.OVERFLOW);
            FloatVector e = bits.reinterpretAsFloats().blend(0f, tiny).blend(Float.POSITIVE_INFINITY, huge);
            g.div(e.add(1)).mul(u).intoArray(h, hOffset + i);
        }
        for (; i < length; i++) {
            float g = gate[gateOffset + i];
            h[hOffset + i] = g / (ExpMath.exp(-g) + 1) * up[upOffset + i];
        }
    }
}
