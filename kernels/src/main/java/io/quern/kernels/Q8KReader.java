package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q8_K for 8-bit codes with an f32 scale and a common zero point of 128. */
final class Q8KReader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int i = 0; i < 32; i++) {
            codes[index + i * CpuConstants.TILE_ROWS] = source.get(Bytes.I64, at + 4 + 8 * i) ^ 0x8080808080808080L;
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[block * CpuConstants.TILE_ROWS + lane] = Bytes.i32(source, at);
    }
}
