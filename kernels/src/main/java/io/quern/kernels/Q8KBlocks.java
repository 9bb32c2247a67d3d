package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q8_K: 256 elements in 292 bytes, d f32, 256 signed bytes and their sums. {@code d * q}. */
final class Q8KBlocks {
    private Q8KBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f32(b, at);
        for (int i = 0; i < 256; i++) {
            y[yAt + i] = d * Bytes.i8(b, at + 4 + i);
        }
    }
}
