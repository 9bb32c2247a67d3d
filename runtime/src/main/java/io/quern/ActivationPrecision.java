package io.quern;

/** Precision of the inputs of matrix products. */
public enum ActivationPrecision {
    /** What is fastest at no visible loss: exact where that costs little, integers in prefill. */
    DEFAULT,
    /** 32-bit floats everywhere, in the cache of keys and values too. */
    F32
}
