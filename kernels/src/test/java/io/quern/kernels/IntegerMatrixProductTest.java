package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.BlockQuantizer.INPUTS;
import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntegerMatrixProductTest {
    private static final int LARGEST_CODE = 8;
    private static final int SUMMED_COLUMNS = ActivationPanels.SUMMED_CHUNKS * CHUNK_COLUMNS;
    private static final float LIMIT = BlockQuantizer.limit(LARGEST_CODE, INPUTS);

    private final Random random = OpsRandom.create();

    @Test
    void quantizesBlocksLikeTheScalarTwin() {
        for (int trial = 0; trial < 200; trial++) {
            float[] x = OpsRandom.gaussian(random, INPUTS + 3, Math.scalb(1.0, random.nextInt(200) - 140));
            int[] expected = new int[INPUTS / 2 + 2];
            int[] found = new int[INPUTS / 2 + 2];
            float[] expectedScale = new float[3];
            float[] foundScale = new float[3];
            BlockQuantizer.quantizeScalar(x, 2, INPUTS, LIMIT, expected, 1, expectedScale, 0, expectedScale, 2);
            BlockQuantizer.quantize(x, 2, INPUTS, LIMIT, found, 1, foundScale, 0, foundScale, 2);
            assertArrayEquals(expected, found);
            assertArrayEquals(expectedScale, foundScale);
        }
    }

    @Test
    void quantizesHalvesLikeBlocksOfTheirOwn() {
        for (int count : new int[] {1, 15, 16, 17, 31, 32}) {
            float[] x = OpsRandom.gaussian(random, INPUTS + 3, 5);
            int[] expected = new int[INPUTS];
            int[] found = new int[INPUTS / 2 + 2];
            float[] expectedScale = new float[2];
            float[] foundScale = new float[4];
            int first = Math.min(HALF, count);
            BlockQuantizer.quantizeScalar(x, 2, first, LIMIT, expected, 0, expectedScale, 0, new float[1], 0);
            BlockQuantizer.quantizeScalar(
                    x, 2 + HALF, count - first, LIMIT, expected, HALF / 2, expectedScale, 1, new float[1], 0);
            BlockQuantizer.quantizeHalves(x, 2, count, LIMIT, found, 1, foundScale, 0, 3);
            assertArrayEquals(Arrays.copyOf(expected, INPUTS / 2), Arrays.copyOfRange(found, 1, INPUTS / 2 + 1));
            assertEquals(expectedScale[0], foundScale[0]);
            assertEquals(expectedScale[1], foundScale[3]);
        }
    }

    @Test
    void quantizedInputsAreNearestToTheInputs() {
        for (int count : new int[] {1, 2, 31, 32}) {
            float[] x = OpsRandom.gaussian(random, count, 3);
            int[] pairs = new int[INPUTS / 2];
            Arrays.fill(pairs, -1);
            float[] scale = new float[1];
            float[] sum = new float[1];
            BlockQuantizer.quantizeScalar(x, 0, count, LIMIT, pairs, 0, scale, 0, sum, 0);
            double total = 0;
            int magnitude = 0;
            for (int k = 0; k < INPUTS; k++) {
                int q = pairs[k / 2] << (k % 2 == 0 ? 16 : 0) >> 16;
                magnitude += Math.abs(q);
                assertEquals(k < count ? x[k] : 0, q * (double) scale[0], scale[0] * 0.5001);
                total += q * (double) scale[0];
            }
            assertEquals(total, sum[0], 1e-6 * LIMIT * scale[0]);
            assertTrue(magnitude * LARGEST_CODE <= Short.MAX_VALUE, "magnitude " + magnitude);
        }
    }

    @Test
    void inputsThatAreNoNumbersReachTheResult() {
        CodeTiles matrix = new CodeTiles(3, 64, 32, 8, true, random);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] x = OpsRandom.gaussian(random, 2 * 64, 1);
            x[64 + 40] = bad;
            float[] y = multiply(matrix, x, 2);
            for (int row = 0; row < 3; row++) {
                assertTrue(Float.isFinite(y[row]));
                assertFalse(Float.isFinite(y[3 + row]), "row " + row + " of " + bad);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 33})
    void agreesExactlyWithTheScalarTwin(int tokens) {
        for (int rows : new int[] {1, TILE_ROWS - 1, TILE_ROWS, 2 * TILE_ROWS + 3}) {
            for (int columns : new int[] {1, 33, 64, CHUNK_COLUMNS - 1, CHUNK_COLUMNS + 32, 2 * CHUNK_COLUMNS + 77}) {
                for (int blockInputs : new int[] {32, 96, 128, 4096}) {
                    compare(new CodeTiles(rows, columns, blockInputs, 8, columns % 2 == 0, random), tokens);
                }
                compare(new CodeTiles(rows, columns, 32, 16, columns % 2 == 0, random), tokens);
                compare(new CodeTiles(rows, columns, 16, 32, false, random), tokens);
            }
        }
    }

    @Test
    void manyChunksAgreeToo() {
        for (int columns : new int[] {SUMMED_COLUMNS, 2 * SUMMED_COLUMNS + CHUNK_COLUMNS + 45}) {
            compare(new CodeTiles(3, columns, 32, 8, true, random), 5);
            compare(new CodeTiles(3, columns, 96, 8, true, random), 2);
            compare(new CodeTiles(3, columns, 16, 32, false, random), 3);
        }
    }

    @Test
    void moreTokensThanOneBlockAgreeToo() {
        compare(new CodeTiles(3, 64, 32, 8, true, random), MatrixProduct.BLOCK_TOKENS + 5);
    }

    /** With codes and inputs of the largest magnitude and one sign, so that an overflow would show. */
    @Test
    void largestSumsDoNotOverflow() {
        for (int largest : new int[] {2, 4, 8, 12, 16, 32}) {
            largestSumsDoNotOverflow(new CodeTiles(1, 64, 32, largest, false, random));
            largestSumsDoNotOverflow(new CodeTiles(1, 64, 16, largest, false, random));
        }
    }

    private void largestSumsDoNotOverflow(CodeTiles matrix) {
        for (int trial = 0; trial < 100; trial++) {
            float[] x = new float[64];
            for (int k = 0; k < x.length; k++) {
                x[k] = trial == 0 ? -1 : -random.nextFloat();
            }
            assertEquals(scalar(matrix, 0, x), multiply(matrix, x, 1)[0]);
        }
    }

    @Test
    void codesThatWouldOverflowAreLeftToFloats() {
        assertNotNull(new CodeTiles(1, 32, 32, 32, true, random).panelForm());
        assertNull(new CodeTiles(1, 32, 32, 33, false, random).panelForm());
        assertNotNull(new CodeTiles(1, 32, 16, 32, false, random).panelForm());
        assertNull(new CodeTiles(1, 32, 16, 8, true, random).panelForm());
        assertNull(PlainTiles.random(1, 32, 1).panelForm());
    }

    private void compare(CodeTiles matrix, int tokens) {
        int rows = matrix.rows();
        int columns = matrix.columns();
        float[] x = OpsRandom.gaussian(random, tokens * columns, 1);
        float[] y = multiply(matrix, x, tokens);
        for (int token = 0; token < tokens; token++) {
            for (int row = 0; row < rows; row++) {
                float expected = scalar(matrix, row, Arrays.copyOfRange(x, token * columns, (token + 1) * columns));
                assertEquals(expected, y[token * rows + row], "token " + token + " row " + row + " of " + rows + " x "
                        + columns + ", " + matrix.layout());
            }
        }
    }

    private static float[] multiply(TiledMatrix matrix, float[] x, int tokens) {
        Activations activations = new Activations(tokens, matrix.columns());
        activations.reset(tokens, Activations.Precision.INTEGER, matrix);
        activations.prepare(x, 0, matrix.columns(), 0, activations.units());
        float[] y = new float[tokens * matrix.rows()];
        matrix.multiplyMatrix(activations, y, 0, matrix.rows(), 0, matrix.rows(), new Scratch());
        return y;
    }

    /**
     * The same roundings in the same order: integer sums of 16 or 32 inputs, then scales; minimums after some chunks.
     */
    private static float scalar(CodeTiles matrix, int row, float[] x) {
        PanelForm form = matrix.panelForm();
        float sum = 0;
        for (int chunk = 0; chunk < x.length; chunk += SUMMED_COLUMNS) {
            int limit = Math.min(chunk + SUMMED_COLUMNS, x.length);
            float[] blockSums = new float[SUMMED_COLUMNS / form.blockInputs()];
            for (int from = chunk; from < limit; from += form.blockInputs()) {
                int count = Math.min(form.blockInputs(), limit - from);
                int[] pairs = new int[INPUTS / 2];
                float[] scale = new float[1];
                BlockQuantizer.quantizeScalar(x, from, count, form.limit(), pairs, 0, scale, 0, blockSums,
                        (from - chunk) / form.blockInputs());
                int products = 0;
                for (int k = 0; k < count; k++) {
                    int q = pairs[k / 2] << (k % 2 == 0 ? 16 : 0) >> 16;
                    products += q * matrix.codes[row][from + k];
                }
                sum = Math.fma((float) products, matrix.scales[row][from / matrix.scaleInputs()] * scale[0], sum);
            }
            for (int from = chunk; from < limit && matrix.hasMinimums(); from += INPUTS) {
                float minimum = matrix.minimums[row][from / matrix.scaleInputs()];
                sum = Math.fma(minimum, blockSums[(from - chunk) / INPUTS], sum);
            }
        }
        return sum;
    }
}
