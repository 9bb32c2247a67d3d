package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ2_S: 256 elements in 82 bytes, d f16, 32 low bytes of grid indices, 32 of signs, high bits, 16 four-bit scales. */
final class IQ2SBlocks {
    private IQ2SBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int j = i % 8;
            int index = Bytes.u8(b, at + 2 + 4 * s + l) | (Bytes.u8(b, at + 66 + s) >> 2 * l & 3) << 8;
            int scale = Bytes.u8(b, at + 74 + s) >> 4 * (l / 2) & 15;
            float ds = d * (0.5f + scale) * 0.25f;
            int negative = Bytes.u8(b, at + 34 + 4 * s + l) >> j & 1;
            y[yAt + i] = ds * Grids.IQ2_S.value(index, j) * (1 - 2 * negative);
        }
    }
}
