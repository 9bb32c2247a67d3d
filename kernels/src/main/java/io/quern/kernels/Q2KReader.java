package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q2_K for 2-bit codes; a scale and its minimum share a byte. TQ2_0 has the same codes. */
final class Q2KReader implements BlockReader {
    /** 256 codes of two bits: byte l of half n has inputs 128 n + l, and 32, 64, 96 further. */
    static void twoBits(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 8; i++) {
            long four = source.get(Bytes.I64, at + 8 * i);
            int first = index + (i / 4 * 16 + i % 4) * TILE_ROWS;
            for (int s = 0; s < 4; s++) {
                codes[first + 4 * s * TILE_ROWS] = four >>> 2 * s & LOW_PAIRS;
            }
        }
    }

    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        twoBits(source, at + 16, codes, index);
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.i32(source, at + 80);
        for (int i = 0; i < 4; i++) {
            words[(1 + i) * TILE_ROWS + lane] = Bytes.i32(source, at + 4 * i);
        }
    }
}
