package io.quern.kernels;

import static io.quern.kernels.ActivationPanels.GROUP_TOKENS;
import static io.quern.kernels.ActivationPanels.SUMMED_CHUNKS;
import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.VectorIntegerTiles.BLOCK_BYTES;
import static io.quern.kernels.VectorIntegerTiles.CODE_BYTES;
import static io.quern.kernels.VectorIntegerTiles.MOST_BLOCKS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One worker's memory for matrix-matrix products: what belongs to one chunk of one tile, and the sums of one tile. */
final class MatrixScratch {
    /** Unpacked weights: {@code [k][TILE_ROWS]}. */
    final float[] weights = new float[CHUNK_COLUMNS * TILE_ROWS];

    /**
     * Codes as of {@link IntegerTiles#unpackRowPairs}. Off the heap, where
     * vectors lie in one cache line each: those of an array of the widest vectors all straddle two.
     */
    final MemorySegment codes =
            Arena.ofAuto().allocate((CHUNK_COLUMNS + VectorIntegerTiles.SLACK) * (long) CODE_BYTES, 64);

    /** Scales of 16 or 32 inputs each, of some chunks: {@code [block][TILE_ROWS]}. */
    final float[] scales = new float[SUMMED_CHUNKS * CHUNK_COLUMNS / HALF * TILE_ROWS];

    /** Minimums of 32 inputs each, of some chunks: {@code [block][TILE_ROWS]}. */
    final float[] minimums = new float[SUMMED_CHUNKS * CHUNK_COLUMNS / BlockQuantizer.INPUTS * TILE_ROWS];

    /** Integer sums of {@link VectorIntegerTiles}: a chunk's blocks for one group of tokens. */
    final MemorySegment blockSums = Arena.ofAuto().allocate(MOST_BLOCKS * (long) BLOCK_BYTES, 64);

    /** Scales as of {@link VectorIntegerTiles#prepareScales}. */
    final MemorySegment rowScales = Arena.ofAuto().allocate(MOST_BLOCKS * (long) TILE_WORD_BYTES, 64);

    /** As of {@link IntegerTiles#unpackRowPairs}, and a block behind them that nobody reads. */
    final MemorySegment rowStarts = Arena.ofAuto().allocate((MOST_BLOCKS + 1) * (long) CODE_BYTES, 64);

    /** Sums of one tile: {@code [token][TILE_ROWS]}, and room for what the last group lacks. */
    final MemorySegment sums =
            Arena.ofAuto().allocate((MatrixProduct.BLOCK_TOKENS + GROUP_TOKENS - 1L) * TILE_WORD_BYTES, 64);
}
