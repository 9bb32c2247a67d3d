package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q3_K for 3-bit codes with a common zero point of 4; the integer scales as signed bytes. */
final class Q3KReader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 32; i++) {
            long third = source.get(Bytes.I64, at + i % 4 * 8) >>> i / 4 & 0x0101010101010101L;
            codes[index + i * TILE_ROWS] = Q2KReader.codes(source, at + 32, i) | third << 2;
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.u16(source, at + 108);
        for (int s = 0; s < 16; s++) {
            BlockReader.putByte(words, 1, s, lane, Q3KBlocks.scale(source, at + 96, s));
        }
    }
}
