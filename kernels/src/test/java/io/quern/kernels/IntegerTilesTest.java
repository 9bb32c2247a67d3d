package io.quern.kernels;

import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IntegerTilesTest {
    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void codesAndScalesGiveTheWeights(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            TiledMatrix matrix = (TiledMatrix) PackedMatrix.pack(matrixCase.weights(), arena);
            if (!(matrix instanceof IntegerTiles)) {
                return;
            }
            int step = Math.max(32, ((IntegerTiles) matrix).scaleInputs());
            for (int from = 0; from < matrix.columns(); from += step) {
                check(matrixCase, matrix, from, Math.min(step, matrix.columns() - from));
            }
            check(matrixCase, matrix, 0, matrix.columns());
        }
    }

    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void rowsArePairedAndSumsStarted(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            TiledMatrix matrix = (TiledMatrix) PackedMatrix.pack(matrixCase.weights(), arena);
            if (!(matrix instanceof IntegerTiles tiles)) {
                return;
            }
            for (int tile = 0; tile < TiledMatrix.tileCount(matrix.rows()); tile++) {
                for (int from = 0; from < matrix.columns(); from += CHUNK_COLUMNS) {
                    int count = Math.min(CHUNK_COLUMNS, matrix.columns() - from);
                    comparePairs(tiles, tile, from, count, new MatrixScratch());
                }
            }
        }
    }

    private static void comparePairs(IntegerTiles tiles, int tile, int from, int count, MatrixScratch memory) {
        short[] codes = new short[Chunks.padded(count) * TILE_ROWS];
        tiles.unpackCodes(tile, from, count, MemorySegment.ofArray(codes), 0);
        tiles.unpackRowPairs(tile, from, count, memory.codes, memory.rowStarts);
        for (int row = 0; row < TILE_ROWS; row++) {
            int lane = (row / (2 * FLOAT_LANES) * FLOAT_LANES + row % FLOAT_LANES) * 2 + row / FLOAT_LANES % 2;
            for (int half = 0; half < Chunks.padded(count); half += 16) {
                int start = 0;
                for (int k = half; k < half + 16; k += 2) {
                    short even = codes[(k / 2 * TILE_ROWS + row) * 2];
                    short odd = codes[(k / 2 * TILE_ROWS + row) * 2 + 1];
                    start -= even * odd;
                    String place = "row " + row + ", column " + (from + k);
                    assertEquals(even, memory.codes.getAtIndex(JAVA_SHORT, k * TILE_ROWS + lane), place);
                    assertEquals(odd, memory.codes.getAtIndex(JAVA_SHORT, (k + 1) * TILE_ROWS + lane), place);
                }
                assertEquals((short) start, memory.rowStarts.getAtIndex(JAVA_SHORT, half / 16 * TILE_ROWS + lane));
            }
        }
    }

    private static void check(MatrixCase matrixCase, TiledMatrix matrix, int from, int count) {
        IntegerTiles tiles = (IntegerTiles) matrix;
        short[] codes = new short[Chunks.padded(count) * TILE_ROWS];
        int blocks = Chunks.ceilDiv(Chunks.padded(count), tiles.scaleInputs());
        float[] scales = new float[blocks * TILE_ROWS];
        float[] minimums = new float[blocks * TILE_ROWS];
        tiles.unpackCodes(0, from, count, MemorySegment.ofArray(codes), 0);
        tiles.unpackScales(0, from, count, scales, minimums, 0);
        for (int row = 0; row < Math.min(TILE_ROWS, matrix.rows()); row++) {
            for (int k = 0; k < count; k++) {
                int code = codes[(k / 2 * TILE_ROWS + row) * 2 + (k & 1)];
                assertTrue(tiles.minimumCode() <= code && code <= tiles.maximumCode(), "code " + code);
                int block = k / tiles.scaleInputs() * TILE_ROWS + row;
                double minimum = tiles.hasMinimums() ? minimums[block] : 0;
                double weight = (double) scales[block] * code + minimum;
                int input = matrix.inputOrder() == null ? from + k : matrix.inputOrder().inputAt(from + k);
                double largest = Math.abs(scales[block]) * Math.max(-tiles.minimumCode(), tiles.maximumCode());
                double limit = Tolerances.SPLIT_WEIGHT * (2 * largest + Math.abs(minimum));
                assertEquals(matrixCase.truth()[row][input], weight, limit, "row " + row + ", column " + (from + k));
            }
        }
    }
}
