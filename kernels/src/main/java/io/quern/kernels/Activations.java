package io.quern.kernels;

/** The inputs of a matrix-matrix product, {@code (tokens, columns)}, prepared once for all matrices that share them. */
public final class Activations {
    private Activations() {}
}
