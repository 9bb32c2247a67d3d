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
 */
record InputForm(InputOrder order, float[] factors, int blockInputs) {
    boolean matches(InputForm other) {
        return other == this
                || other != null
                        && blockInputs == other.blockInputs
                        && Arrays.equals(factors, other.factors)
                        && Objects.equals(order, other.order);
    }
}
