package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ3_S: 256 elements in 110 bytes, d f16, 64 grid indices of nine bits, 32 bytes of signs, eight four-bit scales. */
final class IQ3SBlocks {
    private IQ3SBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int j = i % 8;
            int k = 2 * l + j / 4;
            int scale = Bytes.u8(b, at + 106 + s / 2) >> 4 * (s & 1) & 15;
            int index = Bytes.u8(b, at + 2 + 8 * s + k) | (Bytes.u8(b, at + 66 + s) >> k & 1) << 8;
            int negative = Bytes.u8(b, at + 74 + 4 * s + l) >> j & 1;
            y[yAt + i] = d * (1 + 2 * scale) * Grids.IQ3_S.value(index, j % 4) * (1 - 2 * negative);
        }
    }
}
