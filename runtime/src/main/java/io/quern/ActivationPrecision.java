package io.quern;

/** Precision of the inputs of matrix products. */
public enum ActivationPrecision {
    /**
     * Exact where that costs little: 32-bit floats for single tokens and for prompts of up to 128 tokens. Longer
     * prompts are read with nine-bit integers, one scale for 32 of them, where the weights have integer kernels. Keys
     * and values are kept in 16 bits.
     */
    DEFAULT,
    /** 32-bit floats everywhere, in the cache of keys and values too. */
    F32
}
