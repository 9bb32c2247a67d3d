package io.quern.kernels;

import java.util.Objects;

/**
 * How a matrix wants its input prepared. Matrices of one form share one copy.
 *
 * @param order the order of its inputs, or null for the natural one
 * @param blockInputs inputs of a block whose sum is wanted
 * @param floats how inputs are prepared that stay floats, else null
 * @param integers how inputs become integers, or null where they stay floats
 */
record InputForm(InputOrder order, int blockInputs, FloatTerms floats, Integers integers) {
    /**
     * Integers for a kernel that sums products of a run of inputs in 16-bit lanes.
     *
     * @param terms what the words of a code plane are multiplied by, which sums even inputs in one lane and odd ones in
     *     another; or null where a lane sums all of a run, 16: factor k is then input k, in both halves
     * @param centre subtracted from all codes, so that none has a larger magnitude
     */
    record Integers(IntegerTerms terms, int centre) {}

    static InputForm of(FloatTerms floats, int blockInputs) {
        return new InputForm(null, blockInputs, floats, null);
    }

    boolean matches(InputForm other) {
        return other == this
                || other != null
                        && blockInputs == other.blockInputs
                        && floats == other.floats
                        && Objects.equals(integers, other.integers)
                        && Objects.equals(order, other.order);
    }
}
