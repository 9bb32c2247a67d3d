package io.quern.kernels;

import static io.quern.kernels.ActivationPanels.GROUP_TOKENS;
import static io.quern.kernels.ActivationPanels.SUMMED_CHUNKS;
import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.PAIRED_INPUTS;
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
            tiles.unpackRowPairs(tile, fromColumn, columnCount, memory.codes, memory.rowStarts);
            int earlierBlocks = chunk % SUMMED_CHUNKS * (CHUNK_COLUMNS / x.form().blockInputs());
            unpackScales(tiles, tile, fromColumn, columnCount, earlierBlocks, blocks, x.form().blockInputs(), memory);
            VectorIntegerTiles.prepareScales(memory.scales, earlierBlocks * TILE_ROWS, blocks, memory.rowScales);
            multiplyTokens(x, chunk, blocks, fromPanel * PANEL_TOKENS, tokenLimit, memory);
            boolean lastSummed = (chunk + 1) % SUMMED_CHUNKS == 0 || chunk + 1 == x.chunkCount();
            if (tiles.hasMinimums() && lastSummed) {
                int first = chunk - chunk % SUMMED_CHUNKS;
                addMinimums(x, first, earlierBlocks + blocks, fromPanel, panelLimit, memory);
            }
        }
    }

    /** Group by group. What the last one lacks is garbage, and so are its sums, which nobody reads. */
    private static void multiplyTokens(
            ActivationPanels x, int chunk, int blocks, int fromToken, int tokenLimit, MatrixScratch memory) {
        for (int token = fromToken; token < tokenLimit; token += GROUP_TOKENS) {
            int group = token / GROUP_TOKENS;
            long sums = (long) (token - fromToken) * TILE_WORD_BYTES;
            int scales = x.scalesOffset(chunk, group);
            if (PAIRED_INPUTS) {
                VectorPairedProduct.multiply(memory.codes, x.integers, x.integersOffset(chunk, group),
                        memory.rowStarts, x.starts, x.startsOffset(chunk, group), blocks, x.form().blockInputs(),
                        memory.blockSums);
            } else {
                VectorPlainProduct.multiply(memory.codes, x.integers, x.integersOffset(chunk, group), blocks,
                        x.form().blockInputs(), memory.blockSums);
            }
            VectorIntegerTiles.addScaled(
                    memory.blockSums, memory.rowScales, blocks, x.scales, scales, memory.sums, sums);
        }
    }

    /**
     * {@code W = scale * code + minimum}: the minimums meet the sums of the inputs, a product of the f32 kind. From the
     * first chunk of {@link ActivationPanels#SUMMED_CHUNKS} to the last.
     */
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
            IntegerTiles matrix, int tile, int fromColumn, int columnCount, int earlierBlocks, int blocks, int inputs,
            MatrixScratch memory) {
        int offset = earlierBlocks * TILE_ROWS;
        matrix.unpackScales(tile, fromColumn, columnCount, memory.scales, memory.minimums, offset);
        int blockInputs = matrix.scaleInputs();
        if (blockInputs == inputs) {
            return;
        }
        for (int block = blocks - 1; block > 0; block--) {
            int source = (fromColumn + block * inputs) / blockInputs - fromColumn / blockInputs;
            int from = offset + source * TILE_ROWS;
            int to = offset + block * TILE_ROWS;
            System.arraycopy(memory.scales, from, memory.scales, to, TILE_ROWS);
            if (matrix.hasMinimums()) {
                System.arraycopy(memory.minimums, from, memory.minimums, to, TILE_ROWS);
            }
        }
    }
}
