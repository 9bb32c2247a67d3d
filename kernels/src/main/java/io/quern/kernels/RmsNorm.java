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

    /** Four chains, since additions take several cycles each. */
    private static double sumOfSquares(float[] x, int offset, int length) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = offset;
        for (; i <= offset + length - 4; i += 4) {
            a += (double) x[i] * x[i];
            b += (double) x[i + 1] * x[i + 1];
            c += (double) x[i + 2] * x[i + 2];
            d += (double) x[i + 3] * x[i + 3];
        }
        for (; i < offset + length; i++) {
            a += (double) x[i] * x[i];
        }
        return a + b + (c + d);
    }
}
