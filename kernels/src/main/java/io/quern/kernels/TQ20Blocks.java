package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** TQ2_0: 256 ternary elements in 66 bytes, 64 bytes of 2-bit codes, d f16. {@code (q - 1) * d}. */
final class TQ20Blocks {
    private TQ20Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at + 64);
        for (int i = 0; i < 256; i++) {
            int q = Bytes.u8(b, at + 32 * (i / 128) + i % 32) >> 2 * (i % 128 / 32) & 3;
            y[yAt + i] = (q - 1) * d;
        }
    }
}
