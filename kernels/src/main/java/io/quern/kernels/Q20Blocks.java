package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q2_0: 64 elements in 18 bytes, d f16 and 2-bit codes. {@code (q - 1) * d}. */
final class Q20Blocks {
    private Q20Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 64; i++) {
            int q = Bytes.u8(b, at + 2 + i / 4) >> 2 * (i % 4) & 3;
            y[yAt + i] = (q - 1) * d;
        }
    }
}
