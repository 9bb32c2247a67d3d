package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ1_S: 256 elements in 50 bytes, d f16, 32 low bytes of grid indices, eight words of high bits, scale and shift. */
final class IQ1SBlocks {
    private IQ1SBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int q = Bytes.u16(b, at + 34 + 2 * s);
            int index = Bytes.u8(b, at + 2 + 4 * s + l) | (q >> 3 * l & 7) << 8;
            float shift = (q & 0x8000) != 0 ? -0.125f : 0.125f;
            y[yAt + i] = d * (2 * (q >> 12 & 7) + 1) * (Grids.IQ1.value(index, i % 8) + shift);
        }
    }
}
