package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ2_XS: 256 elements in 74 bytes, d f16, 32 words of a 9-bit grid index and 7-bit signs, 16 four-bit scales. */
final class IQ2XSBlocks {
    private IQ2XSBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int j = i % 8;
            int q = Bytes.u16(b, at + 2 + 2 * (4 * s + l));
            int scale = Bytes.u8(b, at + 66 + s) >> 4 * (l / 2) & 15;
            float ds = d * (0.5f + scale) * 0.25f;
            y[yAt + i] = ds * Grids.IQ2_XS.value(q & 511, j) * Grids.sign(q >> 9, j);
        }
    }
}
