package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RmsNormTest {
    private static final int PAD = 3;

    @Test
    void agreesWithScalarTwinAtAllLengths() {
        Random random = OpsRandom.create();
        for (int length : new int[] {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 128, 576, 4096, 7169}) {
            for (double scale : new double[] {1e-3, 1, 1e4}) {
                float[] x = OpsRandom.gaussian(random, length + 2 * PAD, scale);
                float[] weight = OpsRandom.gaussian(random, length, 1);
                float[] expected = new float[length];
                ScalarOps.rmsNorm(x, PAD, weight, 1e-5f, expected, 0, length);
                float[] y = OpsRandom.filledWithNaN(length + 2 * PAD);
                RmsNorm.row(x, PAD, weight, 1e-5f, y, PAD, length);
                compare(expected, y, length, PAD);
                assertTrue(Float.isNaN(y[PAD - 1]) && Float.isNaN(y[PAD + length]), "wrote outside of the row");
                RmsNorm.row(x, PAD, weight, 1e-5f, x, PAD, length);
                compare(expected, x, length, PAD);
            }
        }
    }

    @Test
    void rowsNormEachRowWithOneWeight() {
        Random random = OpsRandom.create();
        float[] x = OpsRandom.gaussian(random, 5 * 80, 2);
        float[] weight = OpsRandom.gaussian(random, 80, 1);
        float[] y = OpsRandom.filledWithNaN(5 * 80 + 1);
        RmsNorm.rows(x, 0, weight, 1e-6f, y, 1, 80, 5);
        float[] expected = new float[80];
        for (int r = 0; r < 5; r++) {
            ScalarOps.rmsNorm(x, r * 80, weight, 1e-6f, expected, 0, 80);
            compare(expected, y, 80, 1 + r * 80);
        }
    }

    private static void compare(float[] expected, float[] actual, int length, int offset) {
        for (int i = 0; i < length; i++) {
            OpsTolerances.check(expected[i], actual[offset + i], OpsTolerances.RMS_NORM, Math.abs(expected[i]),
                    "length " + length + ", element " + i);
        }
    }
}
