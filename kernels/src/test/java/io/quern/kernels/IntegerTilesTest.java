package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
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
