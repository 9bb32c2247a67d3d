package io.quern.kernels;

import java.util.Random;

/** The one source of randomness of the tests: {@code -Dquern.seed=N} repeats a failure. */
final class OpsRandom {
    private static final long SEED = Long.getLong("quern.seed", 20261122L);

    private OpsRandom() {}

    static Random create() {
        return new Random(SEED);
    }

    static float[] gaussian(Random random, int length, double scale) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) (random.nextGaussian() * scale);
        }
        return x;
    }

    static float[] filledWithNaN(int length) {
        float[] x = new float[length];
        java.util.Arrays.fill(x, Float.NaN);
        return x;
    }
}
