package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Turns one block of quantised elements at a byte offset into floats. */
@FunctionalInterface
interface BlockDecoder {
    void decode(MemorySegment source, long byteOffset, float[] target, int targetOffset);
}
