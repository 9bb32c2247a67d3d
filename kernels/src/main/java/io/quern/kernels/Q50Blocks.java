package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q5_0: 32 elements in 22 bytes, d f16, 32 fifth bits and 16 bytes of nibbles. {@code (q - 16) * d}. */
final class Q50Blocks {
    private Q50Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        int fifthBits = Bytes.i32(b, at + 2);
        for (int i = 0; i < 32; i++) {
            int q = Bytes.halfNibble(b, at + 6, i) | (fifthBits >>> i & 1) << 4;
            y[yAt + i] = (q - 16) * d;
        }
    }
}
