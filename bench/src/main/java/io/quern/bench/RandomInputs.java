package io.quern.bench;

import java.util.SplittableRandom;

/** Activations from a seed. */
final class RandomInputs {
    private RandomInputs() {}

    /** Values between -1 and 1. */
    static float[] uniform(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt() >> 7) * 0x1p-24f;
        }
        return values;
    }
}
