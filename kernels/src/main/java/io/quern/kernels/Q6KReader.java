package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q6_K for 6-bit codes with a common zero point of 32; the integer scales as signed bytes. */
final class Q6KReader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 8; i++) {
            long lower = at + i / 4 * 64 + i % 4 * 8;
            long even = source.get(Bytes.I64, lower);
            long odd = source.get(Bytes.I64, lower + 32);
            long high = source.get(Bytes.I64, at + 128 + 8 * i);
            int first = index + (i / 4 * 16 + i % 4) * TILE_ROWS;
            codes[first] = even & LOW_NIBBLES | (high & LOW_PAIRS) << 4;
            codes[first + 4 * TILE_ROWS] = odd & LOW_NIBBLES | (high >>> 2 & LOW_PAIRS) << 4;
            codes[first + 8 * TILE_ROWS] = even >>> 4 & LOW_NIBBLES | (high >>> 4 & LOW_PAIRS) << 4;
            codes[first + 12 * TILE_ROWS] = odd >>> 4 & LOW_NIBBLES | (high >>> 6 & LOW_PAIRS) << 4;
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
