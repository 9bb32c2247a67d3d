package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q5_K: 256 elements in 176 bytes, as Q4_K with 32 bytes of fifth bits before the nibbles. */
final class Q5KBlocks {
    private Q5KBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        float dmin = Bytes.f16(b, at + 2);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int q = Bytes.u8(b, at + 48 + 32 * (s / 2) + i % 32) >> 4 * (s % 2) & 15;
            q += 16 * (Bytes.u8(b, at + 16 + i % 32) >> s & 1);
            y[yAt + i] = d * KScales.scale(b, at + 4, s) * q - dmin * KScales.minimum(b, at + 4, s);
        }
    }
}
