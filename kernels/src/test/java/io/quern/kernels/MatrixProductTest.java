package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatrixProductTest {
    /** Rounding of f32 sums, as a share of the sum of magnitudes. */
    private static final double F32_LIMIT = 1e-6;

    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 17, 31, 64, 67})
    void everyTokenCountAgreesWithTheReference(int tokens) {
        for (int rows : new int[] {1, TILE_ROWS - 1, TILE_ROWS, TILE_ROWS + 1, 3 * TILE_ROWS + 5}) {
            for (int columns : new int[] {1, 31, 32, 128, 129, 321}) {
                compare(PlainTiles.random(rows, columns, rows * 31L + columns), tokens);
            }
        }
    }

    @Test
    void moreTokensThanOneBlockAgreeToo() {
        compare(PlainTiles.random(TILE_ROWS + 3, 160, 5), MatrixProduct.BLOCK_TOKENS + 3);
    }

    private static void compare(TiledMatrix matrix, int tokens) {
        float[] x = gaussian(tokens * matrix.columns(), tokens);
        double[] expected = ScalarMatrixProduct.multiply(matrix, x, tokens);
        double[] magnitudes = ScalarMatrixProduct.magnitudes(matrix, x, tokens);
        int rows = matrix.rows();
        int yOffset = 3;
        int yStride = rows + 7;
        float[] y = new float[yOffset + tokens * yStride + 5];
        Arrays.fill(y, Float.NaN);
        multiplyInTwoParts(matrix, prepared(x, tokens, matrix.columns(), tokens + 3), y, yOffset, yStride);
        String where = matrix.layout() + " " + rows + " x " + matrix.columns() + ", " + tokens + " tokens, ";
        for (int i = 0; i < y.length; i++) {
            int token = Math.floorDiv(i - yOffset, yStride);
            int row = Math.floorMod(i - yOffset, yStride);
            if (token < 0 || token >= tokens || row >= rows) {
                assertTrue(Float.isNaN(y[i]), where + "wrote outside at " + i);
            } else {
                int at = token * rows + row;
                assertEquals(expected[at], y[i], F32_LIMIT * magnitudes[at] + Float.MIN_NORMAL,
                        where + "token " + token + " row " + row);
            }
        }
    }

    /**
     * As two workers would: the first tile, then the others; each with its own scratch, never cleared between calls.
     */
    private static void multiplyInTwoParts(TiledMatrix matrix, Activations x, float[] y, int yOffset, int yStride) {
        int middle = Math.min(TILE_ROWS, matrix.rows());
        Scratch scratch = new Scratch();
        scratch.matrix.sums.fill((byte) -1);
        Arrays.fill(scratch.matrix.weights, Float.NaN);
        matrix.multiplyMatrix(x, y, yOffset, yStride, middle, matrix.rows(), scratch);
        matrix.multiplyMatrix(x, y, yOffset, yStride, 0, middle, scratch);
    }

    /** Activations that held something larger before. */
    private static Activations prepared(float[] x, int tokens, int columns, int tokenCapacity) {
        Activations activations = new Activations(tokenCapacity, columns + 1);
        activations.reset(tokenCapacity, columns + 1);
        float[] other = new float[tokenCapacity * (columns + 1)];
        Arrays.fill(other, Float.NaN);
        activations.prepare(other, 0, columns + 1, 0, activations.units());
        activations.reset(tokens, columns);
        for (int unit = activations.units() - 1; unit >= 0; unit--) {
            activations.prepare(x, 0, columns, unit, unit + 1);
        }
        return activations;
    }

    @Test
    void rowsOfInputsMayBeApart() {
        PlainTiles matrix = PlainTiles.random(9, 40, 1);
        float[] x = gaussian(5 * 40, 2);
        float[] apart = new float[7 + 5 * 51];
        Arrays.fill(apart, Float.NaN);
        for (int token = 0; token < 5; token++) {
            System.arraycopy(x, token * 40, apart, 7 + token * 51, 40);
        }
        Activations activations = new Activations(5, 40);
        activations.reset(5, 40);
        activations.prepare(apart, 7, 51, 0, activations.units());
        float[] y = new float[5 * 9];
        matrix.multiplyMatrix(activations, y, 0, 9, 0, 9, new Scratch());
        float[] together = new float[5 * 9];
        matrix.multiplyMatrix(prepared(x, 5, 40, 5), together, 0, 9, 0, 9, new Scratch());
        assertEquals(Arrays.toString(together), Arrays.toString(y));
    }

    @Test
    void tokensDoNotDependOnTheirNeighbours() {
        PlainTiles matrix = PlainTiles.random(TILE_ROWS, 300, 1);
        float[] x = gaussian(67 * 300, 2);
        float[] y = new float[67 * TILE_ROWS];
        matrix.multiplyMatrix(prepared(x, 67, 300, 67), y, 0, TILE_ROWS, 0, TILE_ROWS, new Scratch());
        for (int token = 0; token < 67; token++) {
            float[] one = new float[TILE_ROWS];
            float[] input = Arrays.copyOfRange(x, token * 300, (token + 1) * 300);
            matrix.multiplyMatrix(prepared(input, 1, 300, 1), one, 0, TILE_ROWS, 0, TILE_ROWS, new Scratch());
            assertEquals(Arrays.toString(one),
                    Arrays.toString(Arrays.copyOfRange(y, token * TILE_ROWS, (token + 1) * TILE_ROWS)),
                    "token " + token);
        }
    }

    @Test
    void wrongArgumentsAreNamed() {
        PlainTiles matrix = PlainTiles.random(2 * TILE_ROWS, 32, 1);
        Scratch scratch = new Scratch();
        Activations x = prepared(new float[64], 2, 32, 2);
        float[] y = new float[4 * TILE_ROWS];
        refuse("columns 32 != inputs 31", () -> matrix.multiplyMatrix(
                prepared(new float[31], 1, 31, 1), y, 0, 2 * TILE_ROWS, 0, TILE_ROWS, scratch));
        refuse("rows 1 to ", () -> matrix.multiplyMatrix(x, y, 0, 2 * TILE_ROWS, 1, TILE_ROWS, scratch));
        refuse("rows 0 to 1 ", () -> matrix.multiplyMatrix(x, y, 0, 2 * TILE_ROWS, 0, 1, scratch));
        refuse("too small", () -> matrix.multiplyMatrix(x, y, 1, 2 * TILE_ROWS, 0, 2 * TILE_ROWS, scratch));
        refuse("too small", () -> matrix.multiplyMatrix(x, y, 0, TILE_ROWS, 0, 2 * TILE_ROWS, scratch));
        refuse("shape 3 x 32", () -> new Activations(2, 32).reset(3, 32));
        refuse("units 0 to 9", () -> x.prepare(new float[64], 0, 32, 0, 9));
        refuse("stride 31", () -> x.prepare(new float[64], 0, 31, 0, 1));
    }

    private static void refuse(String message, Runnable call) {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    }

    @Test
    void compiledProductsAllocateNothing() {
        TiledMatrix[] matrices = {
            PlainTiles.random(TILE_ROWS, 64, 1), new CodeTiles(TILE_ROWS, 64, 32, 8, true, new Random(1))
        };
        for (TiledMatrix matrix : matrices) {
            for (int tokens : new int[] {1, 4, 2 * CpuConstants.PANEL_TOKENS}) {
                long allocated = allocatedByProducts(matrix, tokens);
                assertEquals(0, allocated, tokens + " tokens with " + matrix.layout());
            }
        }
    }

    /** Repeats products until they are compiled and allocate nothing, or gives up. */
    private static long allocatedByProducts(TiledMatrix matrix, int tokens) {
        float[] x = gaussian(tokens * 64, 2);
        float[] y = new float[tokens * TILE_ROWS];
        Activations activations = new Activations(tokens, 64);
        activations.reset(tokens, Activations.Precision.INTEGER, matrix);
        Scratch scratch = new Scratch();
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 1000 && allocated > 0; attempt++) {
            long before = AllocatedBytes.now();
            for (int i = 0; i < 50; i++) {
                activations.prepare(x, 0, 64, 0, activations.units());
                matrix.multiplyMatrix(activations, y, 0, TILE_ROWS, 0, TILE_ROWS, scratch);
            }
            allocated = AllocatedBytes.now() - before;
        }
        return allocated;
    }

    private static float[] gaussian(int length, long seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
