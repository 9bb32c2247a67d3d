package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q4_1: 32 elements in 20 bytes, d f16, m f16 and 16 bytes of nibbles. {@code q * d + m}. */
final class Q41Blocks {
    private Q41Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        float m = Bytes.f16(b, at + 2);
        for (int i = 0; i < 32; i++) {
            y[yAt + i] = Bytes.halfNibble(b, at + 4, i) * d + m;
        }
    }
}
