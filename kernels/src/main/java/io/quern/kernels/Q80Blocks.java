package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q8_0: 32 elements in 34 bytes, d f16 and 32 signed bytes. {@code q * d}. */
final class Q80Blocks {
    private Q80Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 32; i++) {
            y[yAt + i] = Bytes.i8(b, at + 2 + i) * d;
        }
    }
}
