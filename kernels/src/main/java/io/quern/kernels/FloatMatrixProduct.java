package io.quern.kernels;

import java.util.Arrays;

/**
 * Exact matrix-matrix product: weights unpacked to f32, f32 activations, f32 sums.
 *
 * <p>A chunk of a tile is unpacked once, stays in the cache, and meets all tokens of a block, panel by panel. The sums of a
 * tile are kept beside it until all chunks have passed: rows of y are often a power of two apart, and would evict each other.
 */
final class FloatMatrixProduct {
    /** Tokens for which the sums of one tile are kept (128 KiB at 512 bits); more tokens unpack the weights again. */
    static final int BLOCK_TOKENS = 512;

    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;
    private static final int PANEL_TOKENS = CpuConstants.PANEL_TOKENS;
    private static final int BLOCK_PANELS = BLOCK_TOKENS / PANEL_TOKENS;

    private FloatMatrixProduct() {}

    static void multiply(TiledMatrix matrix, Activations x, float[] y, int yOffset, int yStride, int fromRow, int rowLimit,
            Scratch scratch) {
        for (int row = fromRow; row < rowLimit; row += TILE_ROWS) {
            int rowCount = Math.min(TILE_ROWS, rowLimit - row);
            for (int panel = 0; panel < x.panelCount(); panel += BLOCK_PANELS) {
                int panelLimit = Math.min(panel + BLOCK_PANELS, x.panelCount());
                multiplyTile(matrix, row / TILE_ROWS, x, panel, panelLimit, scratch);
                int fromToken = panel * PANEL_TOKENS;
                int tokenLimit = Math.min(panelLimit * PANEL_TOKENS, x.tokens());
                for (int token = fromToken; token < tokenLimit; token++) {
                    System.arraycopy(scratch.sums, (token - fromToken) * TILE_ROWS, y, yOffset + token * yStride + row,
                            rowCount);
                }
            }
        }
    }

    private static void multiplyTile(
            TiledMatrix matrix, int tile, Activations x, int fromPanel, int panelLimit, Scratch scratch) {
        Arrays.fill(scratch.sums, 0, (panelLimit - fromPanel) * PANEL_TOKENS * TILE_ROWS, 0);
        for (int chunk = 0; chunk < x.chunkCount(); chunk++) {
            int fromColumn = chunk * Activations.CHUNK_COLUMNS;
            int columnCount = Math.min(Activations.CHUNK_COLUMNS, x.columns() - fromColumn);
            matrix.unpackTile(tile, fromColumn, columnCount, scratch.weights, 0);
            multiplyPanels(x, chunk, columnCount, fromPanel, panelLimit, scratch);
        }
    }

    private static void multiplyPanels(
            Activations x, int chunk, int columnCount, int fromPanel, int panelLimit, Scratch scratch) {
        int wholeLimit = x.tokens() - (panelLimit - 1) * PANEL_TOKENS > 2 ? panelLimit : panelLimit - 1;
        int fourLimit = PANEL_TOKENS == 4 ? wholeLimit : fromPanel;
        int sums = 0;
        for (int panel = fromPanel; panel < fourLimit; panel++) {
            VectorFloatTiles.multiply4(
                    scratch.weights, x.panels(), x.unitOffset(chunk, panel), columnCount, scratch.sums, sums);
            sums += PANEL_TOKENS * TILE_ROWS;
        }
        for (int panel = fourLimit; panel < panelLimit; panel++) {
            VectorFloatTiles.multiply2(
                    scratch.weights, x.panels(), x.unitOffset(chunk, panel), columnCount, scratch.sums, sums);
            sums += PANEL_TOKENS * TILE_ROWS;
        }
    }
}
