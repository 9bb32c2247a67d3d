package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.util.Objects;

/**
 * A matrix that can be unpacked in tiles of {@link CpuConstants#TILE_ROWS} rows, one row a lane: all that matrix-matrix
 * products ask of it.
 */
abstract class UnpackableMatrix extends PackedMatrix {
    protected UnpackableMatrix(int rows, int columns) {
        super(rows, columns);
    }

    /**
     * Writes weights as f32: {@code target[targetOffset + (k - fromColumn) * TILE_ROWS + lane]}. Both bounds are
     * multiples of 32 but at the end of the row; columns are padded to a multiple of 32 by zeros. Columns count in the
     * stored order.
     */
    abstract void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset);

    void checkRows(int fromRow, int rowLimit) {
        boolean whole = fromRow == rowLimit
                || fromRow % TILE_ROWS == 0 && (rowLimit % TILE_ROWS == 0 || rowLimit == rows());
        if (fromRow < 0 || fromRow > rowLimit || rowLimit > rows() || !whole) {
            throw new IllegalArgumentException("rows " + fromRow + " to " + rowLimit + " are not whole tiles of "
                    + TILE_ROWS + " within " + rows() + " rows");
        }
    }

    @Override
    final PanelForm panelForm() {
        return PanelForm.of(this);
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
}
