package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Turns a run of elements at a byte offset into floats. */
@FunctionalInterface
interface ElementDecoder {
    void decode(MemorySegment source, long byteOffset, float[] target, int targetOffset, int elementCount);

    /** Block after block. */
    static ElementDecoder ofBlocks(BlockDecoder decoder, int elementsPerBlock, int bytesPerBlock) {
        return (source, byteOffset, target, targetOffset, elementCount) -> {
            for (int i = 0; i < elementCount / elementsPerBlock; i++) {
                decoder.decode(
                        source, byteOffset + (long) i * bytesPerBlock, target, targetOffset + i * elementsPerBlock);
            }
        };
    }
}
