package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q2_K for 2-bit codes; a scale and its minimum share a byte. TQ2_0 has the same codes. */
final class Q2KReader implements BlockReader {
    /** Eight codes of a plane of 2-bit codes: byte l of half n has inputs 128 n + l, and 32, 64, 96 further. */
    static long codes(MemorySegment source, long at, int eight) {
        return source.get(Bytes.I64, at + eight / 16 * 32 + eight % 4 * 8) >>> eight % 16 / 4 * 2 & 0x0303030303030303L;
    }

    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 32; i++) {
            codes[index + i * TILE_ROWS] = codes(source, at + 16, i);
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.i32(source, at + 80);
        for (int i = 0; i < 4; i++) {
            words[(1 + i) * TILE_ROWS + lane] = Bytes.i32(source, at + 4 * i);
        }
    }
}
