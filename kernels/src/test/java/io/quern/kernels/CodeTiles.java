package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.ValueLayout;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Integer codes with scales and minimums, row by row, unpacked by the contract's own words. */
final class CodeTiles extends TiledMatrix implements IntegerTiles {
    final int[][] codes;
    final float[][] scales;
    final float[][] minimums;
    private final int blockInputs;
    private final int largest;
    private final boolean hasMinimums;

    /** Codes are from {@code -largest} to {@code largest - 1}; in the first row only those two occur. */
    CodeTiles(int rows, int columns, int blockInputs, int largest, boolean hasMinimums, Random random) {
        super(rows, columns);
        this.blockInputs = blockInputs;
        this.largest = largest;
        this.hasMinimums = hasMinimums;
        int blocks = (columns + blockInputs - 1) / blockInputs;
        codes = new int[rows][columns];
        scales = new float[rows][blocks];
        minimums = new float[rows][blocks];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                codes[row][k] = row == 0 ? -largest : random.nextInt(2 * largest) - largest;
            }
            for (int block = 0; block < blocks; block++) {
                scales[row][block] = (float) random.nextGaussian();
                minimums[row][block] = hasMinimums ? (float) random.nextGaussian() : 0;
            }
        }
    }

    @Override
    public int scaleInputs() {
        return blockInputs;
    }

    @Override
    public int minimumCode() {
        return -largest;
    }

    @Override
    public int maximumCode() {
        return largest - 1;
    }

    @Override
    public boolean hasMinimums() {
        return hasMinimums;
    }

    @Override
    public void unpackCodes(int tile, int fromColumn, int columnCount, MemorySegment target, int targetOffset) {
        for (int k = 0; k < Chunks.padded(columnCount); k++) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int row = tile * TILE_ROWS + lane;
                boolean inside = row < rows() && fromColumn + k < columns();
                // Codes of padded inputs may be anything; missing rows too.
                target.setAtIndex(ValueLayout.JAVA_SHORT, targetOffset + (k / 2 * TILE_ROWS + lane) * 2 + (k & 1),
                        (short) (inside ? codes[row][fromColumn + k] : largest - 1));
            }
        }
    }

    @Override
    public void unpackScales(int tile, int fromColumn, int columnCount, float[] scale, float[] minimum, int offset) {
        int first = fromColumn / blockInputs;
        int limit = (fromColumn + columnCount + blockInputs - 1) / blockInputs;
        for (int block = first; block < limit; block++) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int row = tile * TILE_ROWS + lane;
                int at = offset + (block - first) * TILE_ROWS + lane;
                scale[at] = row < rows() ? scales[row][block] : 0;
                if (hasMinimums) {
                    minimum[at] = row < rows() ? minimums[row][block] : 0;
                }
            }
        }
    }

    @Override
    void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset) {
        for (int k = 0; k < Chunks.padded(columnCount); k++) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int row = tile * TILE_ROWS + lane;
                int column = fromColumn + k;
                target[targetOffset + k * TILE_ROWS + lane] = row < rows() && column < columns()
                        ? scales[row][column / blockInputs] * codes[row][column] + minimums[row][column / blockInputs]
                        : 0;
            }
        }
    }

    @Override
    InputForm inputForm(Activations.Precision precision) {
        throw new UnsupportedOperationException("matrix-matrix products alone");
    }

    @Override
    void addTile(int tile, VectorActivations.Prepared x, VectorScratch scratch) {
        throw new UnsupportedOperationException("matrix-matrix products only");
    }

    @Override
    public String layout() {
        return "codes up to " + largest + ", blocks of " + blockInputs + (hasMinimums ? ", minimums" : "");
    }

    @Override
    public long byteSize() {
        return 0;
    }
}
