package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q6_K for 6-bit codes with a common zero point of 32; the integer scales as signed bytes. */
final class Q6KReader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 32; i++) {
            int quarter = i % 16 / 4;
            long low = source.get(Bytes.I64, at + i / 16 * 64 + (quarter & 1) * 32 + i % 4 * 8) >>> quarter / 2 * 4;
            codes[index + i * TILE_ROWS] = low & LOW_NIBBLES | Q2KReader.codes(source, at + 128, i) << 4;
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.u16(source, at + 208);
        for (int i = 0; i < 4; i++) {
            words[(1 + i) * TILE_ROWS + lane] = Bytes.i32(source, at + 192 + 4 * i);
        }
    }
}
