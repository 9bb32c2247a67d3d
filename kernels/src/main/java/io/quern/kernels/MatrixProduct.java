package io.quern.kernels;

/** Checks the arguments of a matrix-matrix product and picks the way to compute it. */
final class MatrixProduct {
    private MatrixProduct() {}

    /** See {@link PackedMatrix#multiplyMatrix}. */
    static void multiply(TiledMatrix matrix, Activations x, float[] y, int yOffset, int yStride, int fromRow, int rowLimit,
            Scratch scratch) {
        check(matrix, x, y, yOffset, yStride, fromRow, rowLimit);
        if (fromRow < rowLimit) {
            FloatMatrixProduct.multiply(matrix, x, y, yOffset, yStride, fromRow, rowLimit, scratch);
        }
    }

    private static void check(
            TiledMatrix matrix, Activations x, float[] y, int yOffset, int yStride, int fromRow, int rowLimit) {
        if (x.columns() != matrix.columns()) {
            throw new IllegalArgumentException("columns " + matrix.columns() + " != inputs " + x.columns());
        }
        boolean whole = fromRow == rowLimit || fromRow % CpuConstants.TILE_ROWS == 0
                && (rowLimit % CpuConstants.TILE_ROWS == 0 || rowLimit == matrix.rows());
        if (fromRow < 0 || fromRow > rowLimit || rowLimit > matrix.rows() || !whole) {
            throw new IllegalArgumentException("rows " + fromRow + " to " + rowLimit + " are not whole tiles of "
                    + CpuConstants.TILE_ROWS + " within " + matrix.rows() + " rows");
        }
        long yLimit = yOffset + (x.tokens() - 1L) * yStride + rowLimit;
        if (yOffset < 0 || x.tokens() > 1 && yStride < rowLimit || yLimit > y.length) {
            throw new IllegalArgumentException("output length " + y.length + " is too small for " + x.tokens()
                    + " tokens from " + yOffset + " with stride " + yStride + " and rows up to " + rowLimit);
        }
    }
}
