package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ2_XXS: 256 elements in 66 bytes, d f16, for each 32: four grid indices, four 7-bit signs and a 4-bit scale. */
final class IQ2XXSBlocks {
    private IQ2XXSBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int j = i % 8;
            int signsAndScale = Bytes.i32(b, at + 2 + 8 * s + 4);
            float ds = d * (0.5f + (signsAndScale >>> 28)) * 0.25f;
            int value = Grids.IQ2_XXS.value(Bytes.u8(b, at + 2 + 8 * s + l), j);
            y[yAt + i] = ds * value * Grids.sign(signsAndScale >>> 7 * l & 127, j);
        }
    }
}
