package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ4_NL: 32 elements in 18 bytes, d f16 and 16 bytes of nibbles that name values of a code book. */
final class IQ4NLBlocks {
    private IQ4NLBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 32; i++) {
            y[yAt + i] = d * CodeBooks.iq4(Bytes.halfNibble(b, at + 2, i));
        }
    }
}
