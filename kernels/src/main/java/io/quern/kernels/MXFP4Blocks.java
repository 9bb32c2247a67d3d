package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** MXFP4: 32 elements in 17 bytes, an E8M0 exponent and 16 bytes of E2M1 nibbles. */
final class MXFP4Blocks {
    private MXFP4Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = halfPower(Bytes.u8(b, at));
        for (int i = 0; i < 32; i++) {
            y[yAt + i] = CodeBooks.doubledFp4(Bytes.halfNibble(b, at + 1, i)) * d;
        }
    }

    /** {@code 2^(exponent - 128)}: half of the E8M0 value, since the code book is doubled. Two are subnormal. */
    private static float halfPower(int exponent) {
        int bits = exponent < 2 ? 0x0020_0000 << exponent : exponent - 1 << 23;
        return Float.intBitsToFloat(bits);
    }
}
