package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.util.Arrays;
import java.util.Objects;

/**
 * A packed matrix whose rows are stored in tiles of {@link CpuConstants#TILE_ROWS}, one row a lane. A tile is one
 * contiguous stream over the inputs; missing rows of the last tile are zero.
 */
abstract class TiledMatrix extends UnpackableMatrix {
    protected TiledMatrix(int rows, int columns) {
        super(rows, columns);
    }

    @Override
    public final int tileRows() {
        return TILE_ROWS;
    }

    /** Adds the products of one tile with the whole input to {@link VectorScratch#sums}. */
    abstract void addTile(int tile, VectorActivations.Prepared x, VectorScratch scratch);

    @Override
    public final void multiplyVector(
            VectorActivations x, Scratch scratch, float[] y, int yOffset, int fromRow, int rowLimit) {
        VectorActivations.Prepared prepared = x.forMatrix(this);
        checkRows(fromRow, rowLimit);
        Objects.checkFromIndexSize(yOffset, rowLimit, y.length);
        VectorScratch vector = scratch.vector;
        for (int row = fromRow; row < rowLimit; row += TILE_ROWS) {
            Arrays.fill(vector.sums, 0);
            addTile(row / TILE_ROWS, prepared, vector);
            System.arraycopy(vector.sums, 0, y, yOffset + row, Math.min(TILE_ROWS, rowLimit - row));
        }
    }

    /** Number of tiles of so many rows. */
    static int tileCount(int rows) {
        return Chunks.ceilDiv(rows, TILE_ROWS);
    }

    /** Rows of a tile that exist. */
    static int rowsOfTile(int tile, int rows) {
        return Math.min(TILE_ROWS, rows - tile * TILE_ROWS);
    }
}
