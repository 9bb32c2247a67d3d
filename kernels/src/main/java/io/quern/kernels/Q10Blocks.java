package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q1_0: 128 elements in 18 bytes, d f16 and a bit for each: {@code d} or {@code -d}. */
final class Q10Blocks {
    private Q10Blocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 128; i++) {
            boolean positive = (Bytes.u8(b, at + 2 + i / 8) >> i % 8 & 1) != 0;
            y[yAt + i] = positive ? d : -d;
        }
    }
}
