package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q3_K: 256 elements in 110 bytes, 32 bytes of third bits, 64 of 2-bit codes, 16 six-bit scales in 12, d f16. */
final class Q3KBlocks {
    private Q3KBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at + 108);
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int quarter = i % 128 / 32;
            int q = Bytes.u8(b, at + 32 + 32 * half + i % 32) >> 2 * quarter & 3;
            boolean third = (Bytes.u8(b, at + i % 32) >> 4 * half + quarter & 1) != 0;
            y[yAt + i] = d * scale(b, at + 96, i / 16) * (q - (third ? 0 : 4));
        }
    }

    /** Scale s of 16: four low bits from the first eight bytes, two high bits from the last four. */
    static int scale(MemorySegment b, long at, int s) {
        int low = Bytes.u8(b, at + s % 8) >> (s < 8 ? 0 : 4) & 15;
        int high = Bytes.u8(b, at + 8 + s % 4) >> 2 * (s / 4) & 3;
        return (low | high << 4) - 32;
    }
}
