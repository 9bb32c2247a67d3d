package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q4_1 for 4-bit codes with minimums. */
final class Q41Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        BlockReader.nibbles(source, at + 4, codes, index);
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putShort(words, 0, block, lane, Bytes.u16(source, at));
        BlockReader.putShort(words, (chunkInputs / 32 + 1) / 2, block, lane, Bytes.u16(source, at + 2));
    }
}
