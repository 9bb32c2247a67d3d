package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/**
 * How a chunk's scales are stored: words in front of its codes, each {@code [word][TILE_ROWS]}. A weight is
 * {@code scale * (code - zero)}, or {@code scale * code + minimum}, where codes are unsigned.
 */
abstract class ScaleCodec {
    /** The zero point of all blocks, or -1 if each has its own, or a minimum. */
    abstract int commonZero();

    /** Whether {@link #decode} gives minimums and not zero points. */
    abstract boolean hasMinimums();

    /** Words in front of a chunk with so many blocks. */
    abstract int headerWords(int blockCount);

    /** Looks at the words in front of a chunk that is being packed. */
    void inspect(int[] header, int blockCount) {}

    /** "f16 scale + zero": for {@link PackedMatrix#layout}. */
    abstract String description();

    /**
     * Decodes some blocks of a chunk: {@code scales[scaleOffset + i * stride + lane]}, the same for zero points or
     * minimums in {@code offsets[offsetOffset + i * stride + lane]} where there are any, with i counted from
     * {@code fromBlock}.
     *
     * @param header byte offset of the chunk
     * @param chunkBlocks blocks of the chunk, which settle where things are
     */
    abstract void decode(MemorySegment data, long header, int chunkBlocks, int fromBlock, int blockCount,
            float[] scales,
            int scaleOffset, float[] offsets, int offsetOffset, int stride);
}
