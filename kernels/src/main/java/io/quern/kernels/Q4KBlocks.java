package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q4_K: 256 elements in 144 bytes, d f16, dmin f16, 12 bytes of {@link KScales}, 128 bytes of nibbles. */
final class Q4KBlocks {
    private Q4KBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        float dmin = Bytes.f16(b, at + 2);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int q = Bytes.u8(b, at + 16 + 32 * (s / 2) + i % 32) >> 4 * (s % 2) & 15;
            y[yAt + i] = d * KScales.scale(b, at + 4, s) * q - dmin * KScales.minimum(b, at + 4, s);
        }
    }
}
