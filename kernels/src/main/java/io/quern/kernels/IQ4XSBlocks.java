package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ4_XS: 256 elements in 136 bytes, d f16, eight six-bit scales in a u16 and four bytes, 128 bytes of nibbles. */
final class IQ4XSBlocks {
    private IQ4XSBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        int scalesHigh = Bytes.u16(b, at + 2);
        for (int s = 0; s < 8; s++) {
            int low = Bytes.u8(b, at + 4 + s / 2) >> 4 * (s & 1) & 15;
            int scale = low | (scalesHigh >> 2 * s & 3) << 4;
            float ds = d * (scale - 32);
            for (int i = 0; i < 32; i++) {
                y[yAt + 32 * s + i] = ds * CodeBooks.iq4(Bytes.halfNibble(b, at + 8 + 16 * s, i));
            }
        }
    }
}
