package io.quern.kernels;

/**
 * Memory of one worker for products. Make one for each worker thread and pass it to every call; products then allocate
 * nothing. Not safe for use by two threads at once.
 */
public final class Scratch {
    /** What matrix-vector products need. */
    final VectorScratch vector = new VectorScratch();

    /** Unpacked weights of one tile and chunk: {@code [k][TILE_ROWS]}. */
    final float[] weights = new float[CpuConstants.CHUNK_COLUMNS * CpuConstants.TILE_ROWS];

    /** Sums of one tile: {@code [token][TILE_ROWS]}. */
    final float[] sums = new float[FloatMatrixProduct.BLOCK_TOKENS * CpuConstants.TILE_ROWS];

    /** Allocates about 200 KiB at 512 bits, less at smaller widths. */
    public Scratch() {}
}
