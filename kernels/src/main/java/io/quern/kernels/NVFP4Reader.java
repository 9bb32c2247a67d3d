package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** NVFP4 for nibbles of a code book with a byte as scale of 16. */
final class NVFP4Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int s = 0; s < 4; s++) {
            long both = source.get(Bytes.I64, at + 4 + 8 * s);
            codes[index + 2 * s * TILE_ROWS] = both & LOW_NIBBLES;
            codes[index + (2 * s + 1) * TILE_ROWS] = both >>> 4 & LOW_NIBBLES;
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[block * TILE_ROWS + lane] = Bytes.i32(source, at);
    }
}
