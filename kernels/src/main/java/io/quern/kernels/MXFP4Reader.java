package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** MXFP4 for nibbles of a code book with a byte as exponent. */
final class MXFP4Reader implements BlockReader {
    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        BlockReader.nibbles(source, at + 1, codes, index);
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        BlockReader.putByte(words, 0, block, lane, Bytes.u8(source, at));
    }
}
