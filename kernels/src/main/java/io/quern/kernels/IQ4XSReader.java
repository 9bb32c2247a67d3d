package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** IQ4_XS for nibbles of a code book; the integer scales as signed bytes. */
final class IQ4XSReader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        for (int s = 0; s < 8; s++) {
            BlockReader.nibbles(source, at + 8 + 16 * s, codes, index + s * 4 * TILE_ROWS);
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.u16(source, at);
        int high = Bytes.u16(source, at + 2);
        for (int s = 0; s < 8; s++) {
            int low = Bytes.u8(source, at + 4 + s / 2) >> 4 * (s & 1) & 15;
            BlockReader.putByte(words, 1, s, lane, (low | (high >> 2 * s & 3) << 4) - 32);
        }
    }
}
