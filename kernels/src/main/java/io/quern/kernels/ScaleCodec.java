package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

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

    /**
     * Begins a chunk of a matrix-vector product: decodes all its scales, and adds to the sums what zero points or
     * minimums of its own are worth.
     *
     * @param blocks of the chunk
     * @param inputSums sums of the inputs of every block of the row
     * @param block the chunk's first
     */
    void begin(MemorySegment data, long header, int blocks, float[] inputSums, int block, VectorScratch task) {
        decode(data, header, blocks, 0, blocks, task.scales, 0, task.offsets, 0, TILE_ROWS);
        if (hasMinimums()) {
            addMinimums(blocks, inputSums, block, task);
        } else if (commonZero() < 0) {
            subtractZeros(blocks, inputSums, block, task);
        }
    }

    private static void addMinimums(int blocks, float[] inputSums, int block, VectorScratch task) {
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            FloatVector sum = FloatVector.fromArray(FLOATS, task.sums, v);
            for (int i = 0; i < blocks; i++) {
                sum = FloatVector.fromArray(FLOATS, task.offsets, i * TILE_ROWS + v)
                        .fma(FloatVector.broadcast(FLOATS, inputSums[block + i]), sum);
            }
            sum.intoArray(task.sums, v);
        }
    }

    /** {@code sums -= scale * zero * sum of the inputs}, for some blocks. */
    static void subtractZeros(int blocks, float[] inputSums, int block, VectorScratch task) {
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            FloatVector sum = FloatVector.fromArray(FLOATS, task.sums, v);
            for (int i = 0; i < blocks; i++) {
                sum = FloatVector.fromArray(FLOATS, task.offsets, i * TILE_ROWS + v)
                        .mul(FloatVector.fromArray(FLOATS, task.scales, i * TILE_ROWS + v))
                        .fma(FloatVector.broadcast(FLOATS, -inputSums[block + i]), sum);
            }
            sum.intoArray(task.sums, v);
        }
    }
}
