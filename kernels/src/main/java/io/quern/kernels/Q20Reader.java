package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q2_0 for 2-bit codes with a common zero point of 1; four inputs in a byte, one after another. */
final class Q20Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 8; i++) {
            codes[index + i * TILE_ROWS] = Long.expand(Bytes.u16(source, at + 2 + 2 * i), LOW_PAIRS);
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putShort(words, 0, block, lane, Bytes.u16(source, at));
    }
}
