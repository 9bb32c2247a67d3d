package io.quern.kernels;

import static io.quern.kernels.CpuConstants.PANEL_TOKENS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Matrix-matrix products, tile by tile: a chunk of a tile is unpacked once, stays in the cache, and meets all tokens of
 * a block, panel by panel.
 *
 * <p>The sums of a tile are kept beside it until all chunks have passed: rows of y are often a power of two apart, and
 * would evict each other.
 */
final class MatrixProduct {
    /**
     * Tokens for which the sums of one tile are kept (126 KiB at 512 bits): whole panels and groups. With more the
     * weights are unpacked again.
     */
    static final int BLOCK_TOKENS = 504;

    private static final int BLOCK_PANELS = BLOCK_TOKENS / PANEL_TOKENS;

    private MatrixProduct() {}

    /** See {@link PackedMatrix#multiplyMatrix}. */
    static void multiply(UnpackableMatrix matrix, Activations x, float[] y, int yOffset, int yStride, int fromRow,
            int rowLimit,
            Scratch scratch) {
        ActivationPanels panels = x.forMatrix(matrix);
        matrix.checkRows(fromRow, rowLimit);
        checkOutput(y, yOffset, yStride, x.tokens(), rowLimit);
        for (int row = fromRow; row < rowLimit; row += TILE_ROWS) {
            int rowCount = Math.min(TILE_ROWS, rowLimit - row);
            for (int panel = 0; panel < panels.panelCount(); panel += BLOCK_PANELS) {
                int panelLimit = Math.min(panel + BLOCK_PANELS, panels.panelCount());
                multiplyTile(matrix, row / TILE_ROWS, x.tokens(), panels, panel, panelLimit, scratch.matrix);
                int fromToken = panel * PANEL_TOKENS;
                int tokenLimit = Math.min(panelLimit * PANEL_TOKENS, x.tokens());
                for (int token = fromToken; token < tokenLimit; token++) {
                    MemorySegment.copy(scratch.matrix.sums, ValueLayout.JAVA_FLOAT,
                            (long) (token - fromToken) * TILE_WORD_BYTES, y,
                            yOffset + token * yStride + row, rowCount);
                }
            }
        }
    }

    private static void multiplyTile(UnpackableMatrix matrix, int tile, int tokens, ActivationPanels x, int fromPanel,
            int panelLimit, MatrixScratch memory) {
        VectorFloatTiles.clear(memory.sums, (panelLimit - fromPanel) * PANEL_TOKENS);
        if (x.form() != null) {
            IntegerMatrixProduct.multiplyTile(matrix, tile, tokens, x, fromPanel, panelLimit, memory);
        } else {
            FloatMatrixProduct.multiplyTile(matrix, tile, tokens, x, fromPanel, panelLimit, memory);
        }
    }

    private static void checkOutput(float[] y, int yOffset, int yStride, int tokens, int rowLimit) {
        long yLimit = yOffset + (tokens - 1L) * yStride + rowLimit;
        if (yOffset < 0 || tokens > 1 && yStride < rowLimit || yLimit > y.length) {
            throw new IllegalArgumentException(
                    "output length " + y.length + " is too small for " + tokens + " tokens from "
                            + yOffset + " with stride " + yStride + " and rows up to " + rowLimit);
        }
    }
}
