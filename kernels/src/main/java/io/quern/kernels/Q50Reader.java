package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q5_0 and Q5_1 for 5-bit codes: with a common zero point of 16, or minimums. */
final class Q50Reader implements BlockReader {
    private final boolean minimums;

    Q50Reader(boolean minimums) {
        this.minimums = minimums;
    }

    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        long high = at + (minimums ? 4 : 2);
        BlockReader.nibbles(source, high + 4, codes, index);
        for (int i = 0; i < 4; i++) {
            codes[index + i * TILE_ROWS] |= BlockReader.bitsToBytes(Bytes.u8(source, high + i)) << 4;
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putShort(words, 0, block, lane, Bytes.u16(source, at));
        if (minimums) {
            BlockReader.putShort(words, (chunkInputs / 32 + 1) / 2, block, lane, Bytes.u16(source, at + 2));
        }
    }
}
