package io.quern.kernels;

/** A packed matrix whose rows are stored in tiles of {@link CpuConstants#TILE_ROWS}, one row a lane. */
abstract class TiledMatrix extends PackedMatrix {
    protected TiledMatrix(int rows, int columns) {
        super(rows, columns);
    }

    @Override
    public final int tileRows() {
        return CpuConstants.TILE_ROWS;
    }

    @Override
    public final void multiplyMatrix(
            Activations x, float[] y, int yOffset, int yStride, int fromRow, int rowLimit, Scratch scratch) {
        MatrixProduct.multiply(this, x, y, yOffset, yStride, fromRow, rowLimit, scratch);
    }

    /**
     * Writes weights as f32: {@code target[targetOffset + (k - fromColumn) * TILE_ROWS + lane]}. Both bounds are multiples of
     * 32 but at the end of the row; columns are padded to a multiple of 32 by zeros.
     */
    abstract void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset);
}
