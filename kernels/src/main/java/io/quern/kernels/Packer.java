package io.quern.kernels;

/**
 * Fills a {@link PackedMatrix} from a checkpoint's weights. Several threads may pack different tiles of one matrix at
 * once; the matrix is ready when all tiles are.
 */
public interface Packer {
    /** Tiles of the matrix. */
    int tileCount();

    /** Bytes of the packed matrix, already allocated. */
    long byteSize();

    /**
     * Packs tiles {@code fromTile <= t < tileLimit}: as few calls as possible, each allocates some scratch memory.
     */
    void packTiles(int fromTile, int tileLimit);

    /** The matrix; call it when all tiles are packed, and publish it safely to the threads that use it. */
    PackedMatrix finish();
}
