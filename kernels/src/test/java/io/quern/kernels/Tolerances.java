package io.quern.kernels;

/** How far results of vector kernels may lie from the same sums in double precision. */
final class Tolerances {
    /**
     * Of an f32 sum, relative to the sum of the magnitudes of what is added. Kernels add {@code code * x} with unsigned
     * codes and subtract the zero point's share afterwards, so the magnitudes are those of {@code scale * code * x}.
     */
    static final double VECTOR_PRODUCT = 4e-6;

    /** Of {@code scale * code + minimum}, relative to its terms: the minimum is a sum rounded to f32. */
    static final double SPLIT_WEIGHT = 0x1p-23;

    private Tolerances() {}
}
