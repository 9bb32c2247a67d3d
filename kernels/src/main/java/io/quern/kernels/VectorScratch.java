package io.quern.kernels;

/**
 * One worker's memory for matrix-vector products: what belongs to one chunk of one tile. Fits the first-level cache.
 */
final class VectorScratch {
    /** First input, in the row, of what is being multiplied. */
    int from;

    /** Number of inputs. */
    int inputs;

    /** Inputs of a scale block. */
    int blockInputs;

    /**
     * Where the sum of a block, or with integers that of a run, starts: this times the sum of its inputs. It is what is
     * subtracted from codes in a kernel less the common zero point.
     */
    float startFactor;

    /** Scales of the chunk's blocks: {@code [block][TILE_ROWS]}. */
    final float[] scales = new float[Chunks.MAX_BLOCKS * CpuConstants.TILE_ROWS];

    /**
     * Zero points or minimums of the chunk's blocks, or what their integers are multiplied by: {@code
     * [block][TILE_ROWS]}.
     */
    final float[] offsets = new float[Chunks.MAX_BLOCKS * CpuConstants.TILE_ROWS];

    /** Sums of the tile's rows. */
    final float[] sums = new float[CpuConstants.TILE_ROWS];

    /** Weights of a few inputs where they are unpacked first: {@code [k][TILE_ROWS]}. */
    final float[] weights = new float[Chunks.INPUTS * CpuConstants.TILE_ROWS];
}
