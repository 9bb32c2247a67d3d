package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** TQ2_0 for 2-bit codes with a common zero point of 1. */
final class TQ20Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        Q2KReader.twoBits(source, at, codes, index);
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putShort(words, 0, block, lane, Bytes.u16(source, at + 64));
    }
}
