package io.quern.kernels;

/** The 16 values that a nibble stands for in formats with a code book. */
final class CodeBooks {
    private CodeBooks() {}

    private static final byte[] IQ4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** E2M1 values, doubled to be integers. */
    private static final byte[] FP4 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /** The IQ4_NL and IQ4_XS code book. */
    static int iq4(int nibble) {
        return IQ4[nibble];
    }

    /** Twice the value of an FP4 (E2M1) code, as MXFP4 and NVFP4 have it. */
    static int doubledFp4(int nibble) {
        return FP4[nibble];
    }
}
