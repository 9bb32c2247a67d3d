package io.quern;

/** Precision of the inputs of matrix products. */
public enum ActivationPrecision {
    /**
     * Integers of eight to ten bits, with a scale for each 16 or 32 of them, where the weights have integer kernels:
     * those of six bits or fewer. 32-bit floats elsewhere. Keys and values are kept in 16 bits.
     */
    DEFAULT,
    /** 32-bit floats everywhere, in the cache of keys and values too. */
    F32
}
