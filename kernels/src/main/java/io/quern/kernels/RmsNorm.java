package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Root mean square norm: {@code y = weight * x / sqrt(mean(x^2) + epsilon)}, without subtracting the mean. */
public final class RmsNorm {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private RmsNorm() {}

    /**
     * Norms one row of {@code length} floats. {@code y} may be {@code x}. Norms over each head (Qwen3) are
     * {@link #rows} with the head size as length.
     */
    public static void row(float[] x, int xOffset, float[] weight, float epsilon, float[] y, int yOffset, int length) {
        assert length <= weight.length : length + " > " + weight.length;
        float factor = (float) (1 / Math.sqrt(sumOfSquares(x, xOffset, length) / length + epsilon));
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factors);
            v.mul(FloatVector.fromArray(SPECIES, weight, i)).intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] = x[xOffset + i] * factor * weight[i];
        }
    }

    /** Norms {@code count} rows that follow each other without gaps in {@code x}, with one weight for all. */
    public static void rows(float[] x, int xOffset, float[] weight, float epsilon, float[] y, int yOffset, int length,
            int count) {
        for (int r = 0; r < count; r++) {
            row(x, xOffset + r * length, weight, epsilon, y, yOffset + r * length, length);
        }
    }

    /** Four vectors of sums, each over a fraction of the row. */
    private static double sumOfSquares(float[] x, int offset, int length) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = FloatVector.zero(SPECIES);
        FloatVector s2 = FloatVector.zero(SPECIES);
        FloatVector s3 = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= length - 4 * LANES; i += 4 * LANES) {
            FloatVector v0 = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector v1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES);
            FloatVector v2 = FloatVector.fromArray(SPECIES, x, offset + i + 2 * LANES);
            FloatVector v3 = FloatVector.fromArray(SPECIES, x, offset + i + 3 * LANES);
            s0 = v0.fma(v0, s0);
            s1 = v1.fma(v1, s1);
            s2 = v2.fma(v2, s2);
            s3 = v3.fma(v3, s3);
        }
        double sum = LaneSum.of(s0.add(s1).add(s2.add(s3)));
        for (; i < length; i++) {
            sum += (double) x[offset + i] * x[offset + i];
        }
        return sum;
    }
}
