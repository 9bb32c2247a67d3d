package io.quern.kernels;

/**
 * The exponential function in f32: {@code e^x = 2^n * e^r} with {@code n = round(x / ln 2)} and a polynomial for
 * {@code e^r}, {@code |r| <= ln(2) / 2}. Relative error below 1.2e-7 (two units in the last place), compared with
 * {@code Math.exp} in tests.
 *
 * <p>Below {@link #UNDERFLOW} the result is 0, above {@link #OVERFLOW} infinite; NaN stays NaN. Vector kernels repeat
 * the steps of {@link #exp} in their own methods, because C2 boxes a vector that a call returns; they give the same
 * bits.
 */
final class ExpMath {
    /** ln(2^-125): from here down {@code n} could be -126 and the exponent field 0, so the result counts as 0. */
    static final float UNDERFLOW = -86.64f;
    /** ln(largest float). */
    static final float OVERFLOW = 88.72283f;

    static final float LOG2_E = 1.44269504088896341f;
    /** 1.5 * 2^23: adding it rounds to an integer, which then stands in the low mantissa bits. */
    static final float ROUND = 12582912f;
    /** ln 2 in two parts; the first, 355/512, has so few bits that its product with n is exact. */
    static final float MINUS_LN2_HIGH = -0.693359375f;
    static final float MINUS_LN2_LOW = 2.12194440e-4f;

    // Taylor series: what is left out, r^8 / 8!, is below 6e-9 of the result.
    static final float C7 = 1f / 5040;
    static final float C6 = 1f / 720;
    static final float C5 = 1f / 120;
    static final float C4 = 1f / 24;
    static final float C3 = 1f / 6;
    static final float C2 = 1f / 2;

    private ExpMath() {}

    /** {@code e^x}. */
    static float exp(float x) {
        float shifted = Math.fma(x, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, MINUS_LN2_LOW, Math.fma(n, MINUS_LN2_HIGH, x));
        float p = Math.fma(C7, r, C6);
        p = Math.fma(p, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r * r, r) + 1;
        float y = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
        if (x < UNDERFLOW) {
            return 0;
        }
        return x > OVERFLOW ? Float.POSITIVE_INFINITY : y;
    }
}
