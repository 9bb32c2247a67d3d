package io.quern.kernels;

import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.VectorIntegerTiles.TOKENS;
import static io.quern.kernels.CpuConstants.PANEL_TOKENS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

/**
 * Matrix-matrix product of small integer codes with integer activations: integer products and sums within 16 or 32
 * inputs, f32 scales and sums beyond.
 */
final class IntegerMatrixProduct {
    private IntegerMatrixProduct() {}

    /** Adds the products of one tile with the panels of a block of tokens to {@link MatrixScratch#sums}. */
    static void multiplyTile(UnpackableMatrix matrix, int tile, int tokens, ActivationPanels x, int fromPanel,
            int panelLimit,
            MatrixScratch memory) {
        IntegerTiles tiles = (IntegerTiles) matrix;
        int tokenLimit = Math.min(tokens, panelLimit * PANEL_TOKENS);
        for (int chunk = 0; chunk < x.chunkCount(); chunk++) {
            int fromColumn = chunk * CHUNK_COLUMNS;
            int columnCount = Math.min(CHUNK_COLUMNS, matrix.columns() - fromColumn);
            int blocks = Chunks.ceilDiv(columnCount, x.form().blockInputs());
            tiles.unpackCodes(tile, fromColumn, columnCount, memory.codes, 0);
            unpackScales(tiles, tile, fromColumn, columnCount, blocks, x.form().blockInputs(), memory);
            multiplyTokens(x, chunk, blocks, fromPanel * PANEL_TOKENS, tokenLimit, memory);
            if (tiles.hasMinimums()) {
                addMinimums(x, chunk, blocks, fromPanel, panelLimit, memory);
            }
        }
    }

    /** Group by group. What the last one lacks is garbage, and so are its sums, which nobody reads. */
    private static void multiplyTokens(
            ActivationPanels x, int chunk, int blocks, int fromToken, int tokenLimit, MatrixScratch memory) {
        for (int token = fromToken; token < tokenLimit; token += TOKENS) {
            int group = token / TOKENS;
            long sums = (long) (token - fromToken) * TILE_WORD_BYTES;
            VectorIntegerTiles.multiply(memory.codes, x.pairs, x.pairsOffset(chunk, group), memory.scales, x.scales,
                    x.scalesOffset(chunk, group), blocks, x.form().blockInputs(), memory.sums, sums);
        }
    }

    /** {@code W = scale * code + minimum}: the minimums meet the sums of the inputs, a product of the f32 kind. */
    private static void addMinimums(
            ActivationPanels x, int chunk, int blocks, int fromPanel, int panelLimit, MatrixScratch memory) {
        long sums = 0;
        for (int panel = fromPanel; panel < panelLimit; panel++) {
            if (PANEL_TOKENS == 4) {
                VectorFloatTiles.multiply4(
                        memory.minimums, x.blockSums, x.sumsOffset(chunk, panel), blocks, memory.sums, sums);
            } else {
                VectorFloatTiles.multiply2(
                        memory.minimums, x.blockSums, x.sumsOffset(chunk, panel), blocks, memory.sums, sums);
            }
            sums += (long) PANEL_TOKENS * TILE_WORD_BYTES;
        }
    }

    /**
     * Scales and minimums of every block of inputs; where the matrix has longer ones, from the last to the first, for
     * they are in place.
     */
    private static void unpackScales(
            IntegerTiles matrix, int tile, int fromColumn, int columnCount, int blocks, int inputs,
            MatrixScratch memory) {
        matrix.unpackScales(tile, fromColumn, columnCount, memory.scales, memory.minimums, 0);
        int blockInputs = matrix.scaleInputs();
        if (blockInputs == inputs) {
            return;
        }
        for (int block = blocks - 1; block > 0; block--) {
            int source = (fromColumn + block * inputs) / blockInputs - fromColumn / blockInputs;
            System.arraycopy(memory.scales, source * TILE_ROWS, memory.scales, block * TILE_ROWS, TILE_ROWS);
            if (matrix.hasMinimums()) {
                System.arraycopy(memory.minimums, source * TILE_ROWS, memory.minimums, block * TILE_ROWS, TILE_ROWS);
            }
        }
    }
}
