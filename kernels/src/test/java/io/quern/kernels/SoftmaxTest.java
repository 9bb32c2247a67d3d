package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftmaxTest {
    private static final int[] LENGTHS = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1023, 1024, 1041,
        49152};

    @Test
    void exponentialIsAccurateOverItsWholeRange() {
        for (double at = ExpMath.UNDERFLOW; at < ExpMath.OVERFLOW; at += 1e-4) {
            float x = (float) at;
            double expected = Math.exp(x);
            if (x < ExpMath.UNDERFLOW || expected > Float.MAX_VALUE) {
                continue;
            }
            OpsTolerances.check(expected, ExpMath.exp(x), OpsTolerances.EXP, expected, "e^" + x);
        }
    }

    @Test
    void exponentialHasItsEdges() {
        assertEquals(1f, ExpMath.exp(0f));
        assertEquals(1f, ExpMath.exp(-0f));
        assertEquals(0f, ExpMath.exp(Float.NEGATIVE_INFINITY));
        assertEquals(0f, ExpMath.exp(-1e30f));
        assertEquals(0f, ExpMath.exp(Math.nextDown(ExpMath.UNDERFLOW)));
        assertTrue(ExpMath.exp(ExpMath.UNDERFLOW) > 0);
        assertTrue(Float.isFinite(ExpMath.exp(ExpMath.OVERFLOW)));
        assertEquals(Float.POSITIVE_INFINITY, ExpMath.exp(Math.nextUp(ExpMath.OVERFLOW)));
        assertEquals(Float.POSITIVE_INFINITY, ExpMath.exp(Float.POSITIVE_INFINITY));
        assertTrue(Float.isNaN(ExpMath.exp(Float.NaN)));
    }

    @Test
    void agreesWithScalarTwin() {
        Random random = OpsRandom.create();
        for (int length : LENGTHS) {
            float[] x = OpsRandom.gaussian(random, length + 4, 6);
            float before = x[1];
            float after = x[length + 2];
            float[] expected = x.clone();
            float[] logits = x.clone();
            float maximum = Softmax.maximum(x, 2, length);
            ScalarOps.softmax(expected, 2, length);
            Softmax.inPlace(x, 2, length);
            for (int i = 2; i < length + 2; i++) {
                double scale = expected[i] * (1 + maximum - logits[i]);
                OpsTolerances.check(expected[i], x[i], OpsTolerances.SOFTMAX, scale, "length " + length + ", " + i);
            }
            assertEquals(before, x[1]);
            assertEquals(after, x[length + 2]);
        }
    }

    @Test
    void vectorExponentialGivesTheBitsOfTheScalarOne() {
        float[] x = new float[64 * 40];
        for (int i = 0; i < x.length; i++) {
            x[i] = -i * 0.0371f;
        }
        x[7] = Float.NEGATIVE_INFINITY;
        for (int page = 0; page < x.length; page += 64) {
            float[] s = new float[64];
            System.arraycopy(x, page, s, 0, 64);
            OnlineSoftmax.page(s, 0, 0, 64, new float[1], new float[OnlineSoftmax.LANES], new float[1], 0);
            for (int i = 0; i < 64; i++) {
                assertEquals(ExpMath.exp(x[page + i]), s[i], "element " + (page + i));
            }
        }
    }

    @Test
    void largeAndMaskedLogits() {
        float[] x = {Float.NEGATIVE_INFINITY, 1e30f, -1e30f, 1e30f, Float.NEGATIVE_INFINITY};
        Softmax.inPlace(x, 0, x.length);
        assertEquals(0f, x[0]);
        assertEquals(0.5f, x[1]);
        assertEquals(0f, x[2]);
        assertEquals(0.5f, x[3]);
        assertEquals(0f, x[4]);
    }

    @Test
    void argmaxIsTheFirstOfTheLargest() {
        for (int length : LENGTHS) {
            for (int best = 0; best < length; best += 1 + length / 37) {
                float[] x = new float[length + 2];
                x[0] = 9;
                x[length + 1] = 9;
                x[best + 1] = 1;
                x[length] = Math.max(x[length], 1);
                assertEquals(best, Softmax.argmax(x, 1, length));
            }
        }
        assertEquals(1, Softmax.argmax(new float[] {Float.NaN, 2, Float.NaN, 1}, 0, 4));
        assertEquals(0, Softmax.argmax(new float[] {Float.NaN, Float.NaN}, 0, 2));
    }

    @Test
    void logSumExp() {
        Random random = OpsRandom.create();
        float[] x = OpsRandom.gaussian(random, 1000, 10);
        double sum = 0;
        for (int i = 3; i < 900; i++) {
            sum += Math.exp(x[i]);
        }
        assertEquals(Math.log(sum), Softmax.logSumExp(x, 3, 897), 1e-12);
        assertEquals(1e30, Softmax.logSumExp(new float[] {1e30f, 0}, 0, 2), 1e24);
        assertEquals(Double.NEGATIVE_INFINITY, Softmax.logSumExp(new float[] {Float.NEGATIVE_INFINITY}, 0, 1));
    }
}
