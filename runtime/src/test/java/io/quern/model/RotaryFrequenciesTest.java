package io.quern.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.RopeScaling;
import org.junit.jupiter.api.Test;

class RotaryFrequenciesTest {
    @Test
    void unscaledAndLinear() {
        double[] inverse = RotaryFrequencies.unscaled(10000, 8).inverse();
        assertArrayEquals(new double[] {1, 0.1, 0.01, 0.001}, inverse, 1e-15);
        RotaryFrequencies linear = RotaryFrequencies.linear(10000, 8, 4);
        assertArrayEquals(new double[] {0.25, 0.025, 0.0025, 0.00025}, linear.inverse(), 1e-15);
        assertEquals(1, linear.magnitude());
    }

    /** The example of formats.md B.2: base 5e5, size 128, factor 8, low 1, high 4, original context 8192. */
    @Test
    void llama3AsInItsModels() {
        double[] theta = RotaryFrequencies.unscaled(5e5, 128).inverse();
        double[] scaled = RotaryFrequencies.llama3(5e5, 128, new RopeScaling.Llama3(8, 1, 4, 8192)).inverse();
        for (int i = 0; i < 64; i++) {
            double expected = i <= 28 ? 1 : i == 29 ? 1.207484 : i == 30 ? 1.553415 : i == 31 ? 2.026313 : i >= 35 ? 8
                    : 0;
            double divisor = theta[i] / scaled[i];
            if (expected == 0) {
                assertTrue(divisor > 2.026313 && divisor < 8, "pair " + i + " divided by " + divisor);
            } else {
                assertEquals(expected, divisor, 1e-6 * expected, "pair " + i);
            }
        }
    }

    @Test
    void factorsOfAGgufFileDivideTheAngles() {
        RotaryFrequencies divided = RotaryFrequencies.unscaled(10000, 8).dividedBy(new float[] {1, 2, 4, 8});
        assertArrayEquals(new double[] {1, 0.05, 0.0025, 0.000125}, divided.inverse(), 1e-15);
        RotaryFrequencies four = RotaryFrequencies.unscaled(10000, 8);
        assertThrows(QuernException.class, () -> four.dividedBy(new float[3]));
        assertThrows(QuernException.class, () -> four.dividedBy(new float[] {1, 0, 1, 1}));
    }

    /** Bounds for base 10000, size 128, original context 4096: c(32) = 20.95, c(1) = 45.03, worked out by hand. */
    @Test
    void yarnKeepsFastPairsAndScalesSlowOnes() {
        double[] theta = RotaryFrequencies.unscaled(10000, 128).inverse();
        double[] scaled = RotaryFrequencies.yarn(10000, 128, new RopeScaling.Yarn(8, 4096, 32, 1, true, 1)).inverse();
        for (int i = 0; i < 64; i++) {
            double ramp = Math.clamp((i - 20) / 26.0, 0.0, 1.0);
            assertEquals(theta[i] * (1 - ramp + ramp / 8), scaled[i], 1e-15, "pair " + i);
        }
        RopeScaling.Yarn exact = new RopeScaling.Yarn(8, 4096, 32, 1, false, 1.25);
        double[] unrounded = RotaryFrequencies.yarn(10000, 128, exact).inverse();
        assertEquals(1.25f, RotaryFrequencies.yarn(10000, 128, exact).magnitude());
        assertEquals(theta[20], unrounded[20], 0);
        double low = 64 * Math.log(4096 / (64 * Math.PI)) / Math.log(10000);
        double high = 64 * Math.log(4096 / (2 * Math.PI)) / Math.log(10000);
        double ramp = (30 - low) / (high - low);
        assertEquals(theta[30] * (1 - ramp + ramp / 8), unrounded[30], 1e-15);
    }

    @Test
    void eachScalingOfTheConfiguration() {
        check(RotaryFrequencies.unscaled(500, 16), new RopeScaling.None());
        check(RotaryFrequencies.linear(500, 16, 3), new RopeScaling.Linear(3));
        RopeScaling.Llama3 llama3 = new RopeScaling.Llama3(8, 1, 4, 64);
        check(RotaryFrequencies.llama3(500, 16, llama3), llama3);
        RopeScaling.Yarn yarn = new RopeScaling.Yarn(8, 64, 32, 1, true, 1.5);
        check(RotaryFrequencies.yarn(500, 16, yarn), yarn);
        float[] divisors = {1, 1, 2, 3, 4, 5, 6, 8};
        check(RotaryFrequencies.unscaled(500, 16).dividedBy(divisors), new RopeScaling.Divisors(divisors));
    }

    private static void check(RotaryFrequencies expected, RopeScaling scaling) {
        RotaryFrequencies found = RotaryFrequencies.of(new ModelConfig.Rope(500, 16, true, scaling));
        assertArrayEquals(expected.inverse(), found.inverse(), scaling.toString());
        assertEquals(expected.magnitude(), found.magnitude());
    }

    @Test
    void refusesNonsense() {
        assertThrows(QuernException.class, () -> RotaryFrequencies.unscaled(10000, 7));
        assertThrows(QuernException.class, () -> RotaryFrequencies.unscaled(Double.NaN, 8));
        assertThrows(QuernException.class, () -> RotaryFrequencies.linear(10000, 8, 0));
        assertThrows(QuernException.class, () -> llama3(8, 4, 1, 8192));
        assertThrows(QuernException.class, () -> llama3(8, 1, 4, 0));
    }

    private static void llama3(double factor, double low, double high, double original) {
        RotaryFrequencies.llama3(10000, 8, new RopeScaling.Llama3(factor, low, high, original));
    }
}
