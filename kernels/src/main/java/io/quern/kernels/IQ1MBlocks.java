package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ1_M: 256 elements in 56 bytes, 32 low bytes of grid indices, 16 of high bits and shifts, 16 three-bit scales. */
final class IQ1MBlocks {
    private IQ1MBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Float.float16ToFloat((short) scaleBits(b, at + 48));
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int q = Bytes.u8(b, at + 32 + 2 * s + l / 2) >> 4 * (l & 1);
            int scale = Bytes.u16(b, at + 48 + 2 * (s / 2)) >> 6 * (s & 1) + 3 * (l / 2) & 7;
            int index = Bytes.u8(b, at + 4 * s + l) | (q & 7) << 8;
            float shift = (q & 8) != 0 ? -0.125f : 0.125f;
            y[yAt + i] = d * (2 * scale + 1) * (Grids.IQ1.value(index, i % 8) + shift);
        }
    }

    /** The f16 that the top nibbles of the four scale words spell, lowest first. */
    private static int scaleBits(MemorySegment b, long at) {
        int bits = 0;
        for (int k = 0; k < 4; k++) {
            bits |= Bytes.u16(b, at + 2 * k) >> 12 << 4 * k;
        }
        return bits;
    }
}
