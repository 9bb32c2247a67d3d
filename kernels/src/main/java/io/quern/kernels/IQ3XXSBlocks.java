package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** IQ3_XXS: 256 elements in 98 bytes, d f16, 64 grid indices of four values, eight words of signs and a scale. */
final class IQ3XXSBlocks {
    private IQ3XXSBlocks() {}

    static void decode(MemorySegment b, long at, float[] y, int yAt) {
        float d = Bytes.f16(b, at);
        for (int i = 0; i < 256; i++) {
            int s = i / 32;
            int l = i % 32 / 8;
            int j = i % 8;
            int signsAndScale = Bytes.i32(b, at + 66 + 4 * s);
            float ds = d * (0.5f + (signsAndScale >>> 28)) * 0.5f;
            int value = Grids.IQ3_XXS.value(Bytes.u8(b, at + 2 + 8 * s + 2 * l + j / 4), j % 4);
            y[yAt + i] = ds * value * Grids.sign(signsAndScale >>> 7 * l & 127, j);
        }
    }
}
