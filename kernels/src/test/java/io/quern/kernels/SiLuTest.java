package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SiLuTest {
    @Test
    void agreesWithScalarTwinAtAllLengths() {
        Random random = OpsRandom.create();
        for (int length : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 1536, 11008, 11009}) {
            float[] gate = OpsRandom.gaussian(random, length + 2, 20);
            float[] up = OpsRandom.gaussian(random, length + 3, 3);
            float[] expected = new float[length];
            ScalarOps.siluGate(gate, 1, up, 2, expected, 0, length);
            float[] h = OpsRandom.filledWithNaN(length + 2);
            SiLu.gate(gate, 1, up, 2, h, 1, length);
            assertTrue(Float.isNaN(h[0]) && Float.isNaN(h[length + 1]));
            float after = gate[length + 1];
            SiLu.gate(gate, 1, up, 2, gate, 1, length);
            assertEquals(after, gate[length + 1]);
            for (int i = 0; i < length; i++) {
                // Where e^-g is beyond the range of f32 the result is a zero instead of something below 1e-36.
                double scale = Math.max(Math.abs(expected[i]), 1e-29);
                OpsTolerances.check(expected[i], h[1 + i], OpsTolerances.SILU, scale, "length " + length + ", " + i);
                assertEquals(h[1 + i], gate[1 + i], "in place");
            }
        }
    }

    @Test
    void extremeGates() {
        float[] gate = new float[40];
        float[] up = new float[40];
        java.util.Arrays.fill(up, 1);
        float[] extremes = {0, -0f, 100, -100, 1e30f, -1e30f, Float.MIN_VALUE, 88.7f, -88.7f, Float.NaN};
        for (int i = 0; i < 40; i++) {
            gate[i] = extremes[i % extremes.length];
        }
        SiLu.gate(gate, 0, up, 0, gate, 0, 39);
        float[] expected = {0, 0, 100, 0, 1e30f, 0, 0, 88.7f, 0, Float.NaN};
        for (int i = 0; i < 39; i++) {
            assertEquals(expected[i % expected.length], gate[i], 1e-35f, "gate " + extremes[i % extremes.length]);
        }
    }

    @Test
    void residualAdds() {
        Random random = OpsRandom.create();
        for (int length : new int[] {1, 3, 4, 5, 8, 15, 16, 17, 33, 577}) {
            float[] x = OpsRandom.gaussian(random, length + 2, 1);
            float[] delta = OpsRandom.gaussian(random, length + 1, 1);
            float[] expected = x.clone();
            ScalarOps.add(expected, 1, delta, 1, length);
            Residual.add(x, 1, delta, 1, length);
            org.junit.jupiter.api.Assertions.assertArrayEquals(expected, x);
        }
    }
}
