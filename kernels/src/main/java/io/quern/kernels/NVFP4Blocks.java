package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** NVFP4: 64 elements in 36 bytes, four UE4M3 scales and 32 bytes of E2M1 nibbles, eight bytes for each 16. */
final class NVFP4Blocks {
    private NVFP4Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        for (int i = 0; i < 64; i++) {
            int s = i / 16;
            int r = i % 16;
            int nibble = Bytes.u8(b, at + 4 + 8 * s + r % 8) >> (r < 8 ? 0 : 4) & 15;
            y[yAt + i] = CodeBooks.doubledFp4(nibble) * halfScale(Bytes.u8(b, at + s));
        }
    }

    /** Half of an unsigned E4M3 value, since the code book is doubled; 0x7F, which would be NaN, counts as zero. */
    private static float halfScale(int x) {
        if (x == 0 || x == 0x7F) {
            return 0;
        }
        int exponent = x >> 3 & 15;
        int mantissa = x & 7;
        float value = exponent == 0
                ? Math.scalb((float) mantissa, -9)
                : Math.scalb(1 + mantissa / 8f, exponent - 7);
        return value * 0.5f;
    }
}
