package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q5_1: 32 elements in 24 bytes, d f16, m f16, 32 fifth bits and 16 bytes of nibbles. {@code q * d + m}. */
final class Q51Blocks {
    private Q51Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        float m = Bytes.f16(b, at + 2);
        int fifthBits = Bytes.i32(b, at + 4);
        for (int i = 0; i < 32; i++) {
            int q = Bytes.halfNibble(b, at + 8, i) | (fifthBits >>> i & 1) << 4;
            y[yAt + i] = q * d + m;
        }
    }
}
