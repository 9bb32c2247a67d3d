package io.quern.kernels;

import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One worker's memory for matrix-matrix products: what belongs to one chunk of one tile, and the sums of one tile. */
final class MatrixScratch {
    /** Unpacked weights: {@code [k][TILE_ROWS]}. */
    final float[] weights = new float[CHUNK_COLUMNS * TILE_ROWS];

    /**
     * Unpacked codes, shorts: {@code [k / 2][TILE_ROWS][2]}. Off the heap, where vectors lie in one cache line each:
     * those of an array of the widest vectors all straddle two.
     */
    final MemorySegment codes = Arena.ofAuto().allocate(2L * CHUNK_COLUMNS * TILE_ROWS, 64);

    /** Scales of 16 or 32 inputs each: {@code [block][TILE_ROWS]}. */
    final float[] scales = new float[CHUNK_COLUMNS / BlockQuantizer.HALF * TILE_ROWS];

    /** Minimums of 32 inputs each: {@code [block][TILE_ROWS]}. */
    final float[] minimums = new float[CHUNK_COLUMNS / BlockQuantizer.INPUTS * TILE_ROWS];

    /** Sums of one tile: {@code [token][TILE_ROWS]}, and room for the token beside an odd last one. */
    final MemorySegment sums =
            Arena.ofAuto().allocate((MatrixProduct.BLOCK_TOKENS + 1L) * TILE_WORD_BYTES, 64);
}
