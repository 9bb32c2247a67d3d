package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q2_K: 256 elements in 84 bytes, 16 scale and minimum pairs, 64 bytes of 2-bit codes, d f16, dmin f16. */
final class Q2KBlocks {
    private Q2KBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at + 80);
        float dmin = Bytes.f16(b, at + 82);
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int shift = 2 * (i % 128 / 32);
            int q = Bytes.u8(b, at + 16 + 32 * half + i % 32) >> shift & 3;
            int scale = Bytes.u8(b, at + i / 16);
            y[yAt + i] = d * (scale & 15) * q - dmin * (scale >> 4);
        }
    }
}
