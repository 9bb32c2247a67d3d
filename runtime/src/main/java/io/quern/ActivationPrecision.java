package io.quern;

/** Precision of the inputs of matrix products. */
public enum ActivationPrecision {
    /**
     * Integers of nine to ten bits, with a scale for each 16 or 32 of them, where the weights have integer kernels: of
     * six bits or fewer for single tokens, of four or fewer for several. 32-bit floats elsewhere. Keys and values are
     * kept in 16 bits.
     */
    DEFAULT,
    /** 32-bit floats everywhere, in the cache of keys and values too. */
    F32
}
