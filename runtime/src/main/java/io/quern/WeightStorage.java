package io.quern;

/** Where the weights of linear layers live while a model is used. */
public enum WeightStorage {
    /**
     * What computes fastest: {@link #PACKED}. Decoding from mapped GPTQ without act-order is nearly as fast; AWQ takes
     * about twice and act-order two to four times as long.
     */
    AUTO,

    /** Copied, while loading, into the order in which the kernels read them. */
    PACKED,

    /**
     * In the mapped checkpoint, as they are: loading takes next to no time and memory. For GPTQ of 4 or 8 bits and
     * AWQ's gemm layout; other layers of such a checkpoint are packed, and a checkpoint without any is refused.
     */
    MAPPED
}
