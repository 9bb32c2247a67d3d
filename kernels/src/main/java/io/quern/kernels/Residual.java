package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums of rows: the residual connections, and biases of linear layers. */
public final class Residual {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private Residual() {}

    /** {@code x[i] += delta[i]}. */
    public static void add(float[] x, int xOffset, float[] delta, int deltaOffset, int length) {
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
            v.add(FloatVector.fromArray(SPECIES, delta, deltaOffset + i)).intoArray(x, xOffset + i);
        }
        for (; i < length; i++) {
            x[xOffset + i] += delta[deltaOffset + i];
        }
    }
}
