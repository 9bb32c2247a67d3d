package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q6_K: 256 elements in 210 bytes, 128 bytes of nibbles, 64 of two high bits, 16 signed scales, d f16. */
final class Q6KBlocks {
    private Q6KBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at + 208);
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int quarter = i % 128 / 32;
            int low = Bytes.u8(b, at + 64 * half + i % 32 + 32 * (quarter & 1)) >> (quarter < 2 ? 0 : 4) & 15;
            int high = Bytes.u8(b, at + 128 + 32 * half + i % 32) >> 2 * quarter & 3;
            int q = (low | high << 4) - 32;
            y[yAt + i] = d * Bytes.i8(b, at + 192 + i / 16) * q;
        }
    }
}
