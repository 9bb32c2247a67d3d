package io.quern;

/** Where the weights of linear layers live while a model is used. */
public enum WeightStorage {
    /**
     * What computes fastest: {@link #PACKED}. Mapped GPTQ comes close in decoding and mapped AWQ does not, for its rows
     * are short streams; see the README for measurements.
     */
    AUTO,

    /** Copied, while loading, into the order in which the kernels read them. */
    PACKED,

    /**
     * In the mapped checkpoint, as they are: loading takes no time and no memory. For GPTQ of 4 or 8 bits and AWQ's
     * gemm layout; other layers of such a checkpoint are packed, and a checkpoint without any is refused.
     */
    MAPPED
}
