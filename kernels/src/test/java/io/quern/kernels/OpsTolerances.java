package io.quern.kernels;

/** What the vector kernels of norms, rotations, softmax and attention may differ from their scalar twins, and why. */
final class OpsTolerances {
    /** Relative error of {@link ExpMath#exp}: two units in the last place. */
    static final double EXP = 1.2e-7;
    /** Relative error of a norm: three roundings of a unit in the last place, and a sum in f32 of positive numbers. */
    static final double RMS_NORM = 1e-6;
    /** Error of a rotation relative to the length of the pair: tables and products rounded to f32. */
    static final double ROTATION = 3e-7;
    /** Relative error of silu times up: the exponential, a sum, a quotient and a product. */
    static final double SILU = 6e-7;
    /**
     * Relative error of softmax in units of {@code 1 + max - x}: that difference is rounded to f32 before the
     * exponential.
     */
    static final double SOFTMAX = 3e-7;
    /**
     * Error of attention relative to the largest value: scores of a few units are sums of up to 256 products in f32,
     * and their absolute error is a relative one of the weights.
     */
    static final double ATTENTION = 1e-5;

    private OpsTolerances() {}

    /** Fails unless {@code actual} is within {@code limit * scale} of {@code expected}; NaN never is. */
    static void check(double expected, double actual, double limit, double scale, String what) {
        if (!(Math.abs(expected - actual) <= limit * scale)) {
            throw new AssertionError(what + ": expected " + expected + ", found " + actual + ", limit " + limit
                    * scale);
        }
    }
}
