package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q4_0: 32 elements in 18 bytes, d f16 and 16 bytes of nibbles; first half in the low nibbles. {@code (q - 8) * d}. */
final class Q40Blocks {
    private Q40Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 32; i++) {
            y[yAt + i] = (Bytes.halfNibble(b, at + 2, i) - 8) * d;
        }
    }
}
