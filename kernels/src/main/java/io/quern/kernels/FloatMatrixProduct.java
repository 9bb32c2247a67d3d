package io.quern.kernels;

import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.PANEL_TOKENS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

/** Exact matrix-matrix product: weights unpacked to f32, f32 activations, f32 sums. */
final class FloatMatrixProduct {
    private FloatMatrixProduct() {}

    /** Adds the products of one tile with the panels of a block of tokens to {@link MatrixScratch#sums}. */
    static void multiplyTile(UnpackableMatrix matrix, int tile, int tokens, ActivationPanels x, int fromPanel,
            int panelLimit,
            MatrixScratch memory) {
        for (int chunk = 0; chunk < x.chunkCount(); chunk++) {
            int fromColumn = chunk * CHUNK_COLUMNS;
            int columnCount = Math.min(CHUNK_COLUMNS, matrix.columns() - fromColumn);
            matrix.unpackTile(tile, fromColumn, columnCount, memory.weights, 0);
            multiplyPanels(tokens, x, chunk, columnCount, fromPanel, panelLimit, memory);
        }
    }

    /** A last panel of one or two tokens takes the smaller kernel. */
    private static void multiplyPanels(int tokens, ActivationPanels x, int chunk, int columnCount, int fromPanel,
            int panelLimit, MatrixScratch memory) {
        int wholeLimit = tokens - (panelLimit - 1) * PANEL_TOKENS > 2 ? panelLimit : panelLimit - 1;
        int fourLimit = PANEL_TOKENS == 4 ? wholeLimit : fromPanel;
        long sums = 0;
        for (int panel = fromPanel; panel < fourLimit; panel++) {
            VectorFloatTiles.multiply4(
                    memory.weights, x.inputs, x.inputsOffset(chunk, panel), columnCount, memory.sums, sums);
            sums += (long) PANEL_TOKENS * TILE_WORD_BYTES;
        }
        for (int panel = fourLimit; panel < panelLimit; panel++) {
            VectorFloatTiles.multiply2(
                    memory.weights, x.inputs, x.inputsOffset(chunk, panel), columnCount, memory.sums, sums);
            sums += (long) PANEL_TOKENS * TILE_WORD_BYTES;
        }
    }
}
