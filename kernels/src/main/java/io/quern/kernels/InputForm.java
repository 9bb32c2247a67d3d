package io.quern.kernels;

import java.util.Arrays;
import java.util.Objects;

/**
 * How a matrix wants its input prepared. Matrices of one form share one copy.
 *
 * @param order the order of its inputs, or null for the natural one
 * @param factors what inputs are multiplied by, again and again; its length is a power of two, at least that of a
 *     vector
 * @param blockInputs inputs of a block whose sum is wanted
 * @param integers how inputs become integers, or null where they stay floats
 */
record InputForm(InputOrder order, float[] factors, int blockInputs, Integers integers) {
    /**
     * Integers for a kernel that sums products of 32 inputs in 16-bit lanes.
     *
     * @param centre subtracted from all codes
     * @param largestCode magnitude that this leaves of them
     */
    record Integers(IntegerTerms terms, int centre, int largestCode) {}

    /** An input of floats. */
    InputForm(InputOrder order, float[] factors, int blockInputs) {
        this(order, factors, blockInputs, null);
    }

    boolean matches(InputForm other) {
        return other == this
                || other != null
                        && blockInputs == other.blockInputs
                        && Objects.equals(integers, other.integers)
                        && Arrays.equals(factors, other.factors)
                        && Objects.equals(order, other.order);
    }
}
