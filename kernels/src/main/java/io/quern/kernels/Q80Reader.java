package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q8_0 for 8-bit codes with a common zero point of 128. */
final class Q80Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 4; i++) {
            codes[index + i * CpuConstants.TILE_ROWS] = source.get(Bytes.I64, at + 2 + 8 * i) ^ 0x8080808080808080L;
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putShort(words, 0, block, lane, Bytes.u16(source, at));
    }
}
