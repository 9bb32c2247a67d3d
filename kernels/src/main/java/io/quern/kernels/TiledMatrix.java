package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.util.Arrays;
import java.util.Objects;

/**
 * A packed matrix whose rows are stored in tiles of {@link CpuConstants#TILE_ROWS}, one row a lane. A tile is one contiguous
 * stream over the inputs; missing rows of the last tile are zero.
 */
abstract class TiledMatrix extends PackedMatrix {
    protected TiledMatrix(int rows, int columns) {
        super(rows, columns);
    }

    @Override
    public final int tileRows() {
        return TILE_ROWS;
    }

    /**
     * Writes weights as f32: {@code target[targetOffset + (k - fromColumn) * TILE_ROWS + lane]}. Both bounds are multiples of
     * 32 but at the end of the row; columns are padded to a multiple of 32 by zeros. Columns count in the stored order.
     */
    abstract void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset);

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

    void checkRows(int fromRow, int rowLimit) {
        boolean whole = fromRow == rowLimit
                || fromRow % TILE_ROWS == 0 && (rowLimit % TILE_ROWS == 0 || rowLimit == rows());
        if (fromRow < 0 || fromRow > rowLimit || rowLimit > rows() || !whole) {
            throw new IllegalArgumentException("rows " + fromRow + " to " + rowLimit + " are not whole tiles of "
                    + TILE_ROWS + " within " + rows() + " rows");
        }
    }

    @Override
    public final boolean hasIntegerKernel() {
        return IntegerMatrixProduct.supports(this);
    }

    @Override
    public final void multiplyMatrix(
            Activations x, float[] y, int yOffset, int yStride, int fromRow, int rowLimit, Scratch scratch) {
        MatrixProduct.multiply(this, x, y, yOffset, yStride, fromRow, rowLimit, scratch);
    }

    /** Unpacks the row's whole tile piece by piece: for tests and reports, not for speed. */
    @Override
    public final void unpackRow(int row, float[] target, int targetOffset) {
        Objects.checkIndex(row, rows());
        Objects.checkFromIndexSize(targetOffset, columns(), target.length);
        int lane = row % TILE_ROWS;
        float[] piece = new float[Chunks.INPUTS * TILE_ROWS];
        InputOrder order = inputOrder();
        for (int from = 0; from < columns(); from += Chunks.INPUTS) {
            int count = Math.min(Chunks.INPUTS, columns() - from);
            unpackTile(row / TILE_ROWS, from, Chunks.padded(count), piece, 0);
            for (int k = 0; k < count; k++) {
                int input = order == null ? from + k : order.inputAt(from + k);
                target[targetOffset + input] = piece[k * TILE_ROWS + lane];
            }
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
