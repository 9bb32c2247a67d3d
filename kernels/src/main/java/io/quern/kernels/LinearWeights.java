package io.quern.kernels;

/**
 * The weights of one linear layer as a checkpoint stores them, {@code (rows, columns)} = (outputs, inputs): what a
 * {@link PackedMatrix} is made from.
 */
public sealed interface LinearWeights permits BlockWeights, GroupWeights {
    /** Outputs. */
    int rows();

    /** Inputs. */
    int columns();
}
