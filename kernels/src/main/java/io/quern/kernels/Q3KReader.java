package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q3_K for 3-bit codes with a common zero point of 4; the integer scales as signed bytes. */
final class Q3KReader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 8; i++) {
            long four = source.get(Bytes.I64, at + 32 + 8 * i);
            long thirds = source.get(Bytes.I64, at + i % 4 * 8) >>> i / 4 * 4;
            int first = index + (i / 4 * 16 + i % 4) * TILE_ROWS;
            for (int s = 0; s < 4; s++) {
                codes[first + 4 * s * TILE_ROWS] = four >>> 2 * s & LOW_PAIRS | (thirds >>> s & LOW_BITS) << 2;
            }
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.u16(source, at + 108);
        int high = Bytes.i32(source, at + 104);
        for (int i = 0; i < 4; i++) {
            int low = Bytes.i32(source, at + 96 + i % 2 * 4) >>> i / 2 * 4 & 0x0F0F0F0F;
            int scales = low | (high >>> 2 * i & 0x03030303) << 4;
            // 32 less in each byte, with nothing to borrow from the next.
            words[(1 + i) * TILE_ROWS + lane] = (scales | 0x80808080) - 0x20202020 ^ 0x80808080;
        }
    }
}
