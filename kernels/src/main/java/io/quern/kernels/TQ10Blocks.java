package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** TQ1_0: 256 ternary elements in 54 bytes, five to a byte (four in the last four), d f16. */
final class TQ10Blocks {
    private TQ10Blocks() {}

    private static final int[] POWERS_OF_THREE = {1, 3, 9, 27, 81};

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at + 52);
        for (int i = 0; i < 256; i++) {
            int digit;
            int index;
            if (i < 160) {
                digit = i / 32;
                index = i % 32;
            } else if (i < 240) {
                digit = (i - 160) / 16;
                index = 32 + (i - 160) % 16;
            } else {
                digit = (i - 240) / 4;
                index = 48 + (i - 240) % 4;
            }
            int x = Bytes.u8(b, at + index) * POWERS_OF_THREE[digit] & 255;
            y[yAt + i] = ((x * 3 >> 8) - 1) * d;
        }
    }
}
