package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Q4_0 for 4-bit codes with a common zero point of 8. IQ4_NL blocks look the same. */
final class Q40Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        BlockReader.nibbles(source, at + 2, codes, index);
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putShort(words, 0, block, lane, Bytes.u16(source, at));
    }
}
