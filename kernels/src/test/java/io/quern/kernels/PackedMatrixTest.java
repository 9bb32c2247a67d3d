package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Packing, unpacking and matrix-vector products of all layouts. A few lines longer than most files here: every test
 * runs over the one list of {@link MatrixCase}, and the limits of the products are its own.
 */
class PackedMatrixTest {
    /** The first and the last two rows; the pieces below cover all lanes. */
    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void unpacksRowsExactly(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix matrix = PackedMatrix.pack(matrixCase.weights(), arena);
            float[] row = new float[matrix.columns() + 2];
            for (int r = 0; r < matrix.rows(); r = r == 0 ? Math.max(1, matrix.rows() - 2) : r + 1) {
                Arrays.fill(row, Float.NaN);
                matrix.unpackRow(r, row, 1);
                assertArrayEquals(matrixCase.truth()[r], Arrays.copyOfRange(row, 1, row.length - 1), "row " + r);
                assertTrue(Float.isNaN(row[0]) && Float.isNaN(row[row.length - 1]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void unpacksPiecesOfTilesExactly(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            TiledMatrix matrix = (TiledMatrix) PackedMatrix.pack(matrixCase.weights(), arena);
            int padded = Chunks.padded(matrix.columns());
            for (int length : new int[] {32, 96, 128, padded}) {
                for (int from = 0; from < padded; from += length) {
                    int count = Math.min(length, matrix.columns() - from);
                    checkPiece(matrixCase, matrix, (matrix.rows() - 1) / TILE_ROWS, from, count);
                }
            }
        }
    }

    private static void checkPiece(MatrixCase matrixCase, TiledMatrix matrix, int tile, int from, int count) {
        int padded = Chunks.padded(count);
        float[] target = new float[padded * TILE_ROWS + 2];
        Arrays.fill(target, Float.NaN);
        matrix.unpackTile(tile, from, count, target, 1);
        assertTrue(Float.isNaN(target[0]) && Float.isNaN(target[target.length - 1]));
        for (int k = 0; k < padded; k++) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int row = tile * TILE_ROWS + lane;
                boolean inside = row < matrix.rows() && from + k < matrix.columns();
                float expected = inside ? matrixCase.truth()[row][input(matrix, from + k)] : 0;
                float found = target[1 + k * TILE_ROWS + lane];
                if (inside) {
                    assertEquals(expected, found, "row " + row + ", column " + (from + k));
                } else {
                    assertTrue(found == 0, "padding at row " + row + ", column " + (from + k));
                }
            }
        }
    }

    private static int input(PackedMatrix matrix, int position) {
        return matrix.inputOrder() == null ? position : matrix.inputOrder().inputAt(position);
    }

    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void multipliesVectors(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix matrix = PackedMatrix.pack(matrixCase.weights(), arena);
            float[] x = RandomWeights.gaussian(matrix.columns() + 3, new Random(7));
            for (Activations.Precision precision : Activations.Precision.values()) {
                multipliesVector(matrixCase, matrix, x, precision);
            }
        }
    }

    private static void multipliesVector(
            MatrixCase matrixCase, PackedMatrix matrix, float[] x, Activations.Precision precision) {
        VectorActivations activations = new VectorActivations();
        activations.set(x, 2, precision, matrix);
        float[] steps = steps(matrix, x, precision);
        Scratch scratch = new Scratch();
        float[] y = new float[matrix.rows() + 4];
        for (int from = 0; from < matrix.rows(); from += TILE_ROWS) {
            Arrays.fill(y, Float.NaN);
            int limit = Math.min(from + TILE_ROWS, matrix.rows());
            matrix.multiplyVector(activations, scratch, y, 3, from, limit);
            for (int i = 0; i < y.length; i++) {
                if (i - 3 < from || i - 3 >= limit) {
                    assertTrue(Float.isNaN(y[i]), "written outside, at " + i);
                } else {
                    checkSum(matrixCase.truth()[i - 3], x, steps, y[i]);
                }
            }
        }
    }

    /** How far each input may lie from the integer that stands for it. */
    private static float[] steps(PackedMatrix matrix, float[] x, Activations.Precision precision) {
        float[] steps = new float[matrix.columns()];
        InputForm form = matrix.inputForm(precision);
        if (form.integers() != null) {
            float[] ordered = new float[steps.length];
            for (int k = 0; k < steps.length; k++) {
                ordered[k] = x[2 + input(matrix, k)];
            }
            float[] found = QuantizationSteps.of(ordered, form.integers().centre(), IntegerInput.RUN);
            for (int k = 0; k < steps.length; k++) {
                steps[input(matrix, k)] = found[k];
            }
        }
        return steps;
    }

    private static void checkSum(float[] weights, float[] x, float[] steps, float found) {
        double expected = 0;
        double largest = 0;
        double magnitude = 0;
        double rounding = 0;
        for (int k = 0; k < weights.length; k++) {
            expected += (double) weights[k] * x[2 + k];
            largest = Math.max(largest, Math.abs(weights[k]));
            magnitude += Math.abs(x[2 + k]);
            rounding += Math.abs(weights[k]) * steps[k];
        }
        assertEquals(expected, found, 1e-30 + Tolerances.VECTOR_PRODUCT * largest * magnitude + rounding,
                MatrixCase.reproduce());
    }

    /**
     * With codes of the largest magnitude, which all bits zero stand for, and inputs of one sign, so that an overflow
     * would show.
     */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.INCLUDE, names = {"Q4_0", "Q5_0", "Q3_K", "Q6_K"})
    void largestIntegerSumsDoNotOverflow(TensorType type) {
        byte[] bytes = new byte[type.bytesPerBlock()];
        BlockWeights weights = new BlockWeights(type, 1, type.elementsPerBlock(), MemorySegment.ofArray(bytes));
        int scale = switch (type) {
            case Q6_K -> 208;
            case Q3_K -> 108;
            default -> 0;
        };
        if (type == TensorType.Q6_K) {
            Arrays.fill(bytes, 192, scale, (byte) 1);
        }
        weights.data().set(Bytes.I16, scale, Float.floatToFloat16(1));
        MatrixCase lowest = MatrixCase.of(weights);
        Random random = new Random(4);
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix matrix = PackedMatrix.pack(weights, arena);
            assertTrue(matrix.inputForm(Activations.Precision.INTEGER).integers() != null);
            for (int trial = 0; trial < 100; trial++) {
                float[] x = new float[3 + weights.columns()];
                for (int k = 0; k < x.length; k++) {
                    x[k] = trial == 0 ? 1 : random.nextFloat();
                }
                multipliesVector(lowest, matrix, x, Activations.Precision.INTEGER);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"F64", "I8", "I16", "I32", "I64"})
    void takesLittleMoreMemoryThanTheFile(TensorType type) {
        try (Arena arena = Arena.ofConfined()) {
            BlockWeights weights = RandomWeights.blocks(type, 2 * TILE_ROWS, 4096, new Random(1));
            long bytes = PackedMatrix.packer(weights, arena).byteSize();
            assertTrue(bytes <= 1.08 * weights.data().byteSize(), bytes + " bytes for " + weights.data().byteSize());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.INCLUDE,
            names = {"Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K", "Q3_K", "IQ4_XS", "F16", "BF16"})
    void keepsInfiniteAndSubnormalScales(TensorType type) {
        int bytes = type.bytesPerBlock();
        int rows = TILE_ROWS + 2;
        int columns = Math.max(256, type.elementsPerBlock());
        BlockWeights weights = RandomWeights.blocks(type, rows, columns, new Random(5));
        long scale = switch (type) {
            case Q6_K -> 208;
            case Q3_K -> 108;
            default -> 0;
        };
        short[] extremes = {0x7C00, (short) 0xFC00, 0x7E01, 1, (short) 0x83FF, (short) 0x8000, 0x7BFF, (short) 0xFBFF};
        for (int i = 0; i < weights.data().byteSize() / bytes; i++) {
            weights.data().set(Bytes.I16, (long) i * bytes + scale, extremes[i % extremes.length]);
        }
        MatrixCase extreme = MatrixCase.of(weights);
        unpacksRowsExactly(extreme);
        unpacksPiecesOfTilesExactly(extreme);
    }

    @Test
    void infiniteHalvesReachTheSum() {
        BlockWeights weights = RandomWeights.blocks(TensorType.F16, 2, 64, new Random(5));
        weights.data().set(Bytes.I16, 2 * 64, (short) 0x7C00);
        try (Arena arena = Arena.ofConfined()) {
            float[] y = product(PackedMatrix.pack(weights, arena), RandomWeights.gaussian(64, new Random(6)));
            assertTrue(Float.isFinite(y[0]));
            assertTrue(Float.isInfinite(y[1]));
        }
    }

    @Test
    void packsFromSeveralThreads() {
        BlockWeights weights = RandomWeights.blocks(TensorType.Q4_K, 9 * TILE_ROWS + 1, 512, new Random(8));
        try (Arena arena = Arena.ofShared()) {
            Packer packer = PackedMatrix.packer(weights, arena);
            IntStream.range(0, packer.tileCount()).parallel().forEach(tile -> packer.packTiles(tile, tile + 1));
            float[] x = RandomWeights.gaussian(512, new Random(9));
            assertArrayEquals(product(PackedMatrix.pack(weights, arena), x), product(packer.finish(), x));
        }
    }

    private static float[] product(PackedMatrix matrix, float[] x) {
        VectorActivations activations = new VectorActivations();
        activations.set(x, 0, Activations.Precision.F32, matrix);
        float[] y = new float[matrix.rows()];
        matrix.multiplyVector(activations, new Scratch(), y, 0, 0, y.length);
        return y;
    }

    @Test
    void sharesActivationsAmongOrders() {
        try (Arena arena = Arena.ofConfined()) {
            MatrixCase[] cases = MatrixCase.groups()
                    .filter(c -> c.weights().columns() == 320)
                    .limit(6)
                    .toArray(MatrixCase[]::new);
            PackedMatrix[] matrices = Arrays.stream(cases)
                    .map(c -> PackedMatrix.pack(c.weights(), arena))
                    .toArray(PackedMatrix[]::new);
            float[] x = RandomWeights.gaussian(322, new Random(3));
            VectorActivations activations = new VectorActivations();
            for (Activations.Precision precision : Activations.Precision.values()) {
                activations.set(x, 2, precision, matrices);
                for (int i = 0; i < cases.length; i++) {
                    float[] y = new float[matrices[i].rows()];
                    matrices[i].multiplyVector(activations, new Scratch(), y, 0, 0, y.length);
                    float[] steps = steps(matrices[i], x, precision);
                    for (int row = 0; row < y.length; row++) {
                        checkSum(cases[i].truth()[row], x, steps, y[row]);
                    }
                }
            }
        }
    }

    /** The same seed gives both matrices the same order, each in an array of its own. */
    @Test
    void equalOrdersShareOnePreparation() {
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix query = actOrder(1, arena);
            PackedMatrix key = actOrder(1, arena);
            PackedMatrix apart = actOrder(2, arena);
            assertTrue(query.inputOrder() != key.inputOrder());
            float[] x = RandomWeights.gaussian(320, new Random(3));
            VectorActivations vector = new VectorActivations();
            Activations batch = new Activations(2, 320);
            for (Activations.Precision precision : Activations.Precision.values()) {
                vector.set(x, 0, precision, query, key, apart);
                assertSame(vector.forMatrix(query), vector.forMatrix(key));
                assertNotSame(vector.forMatrix(query), vector.forMatrix(apart));
                batch.reset(2, precision, query);
                int units = batch.units();
                batch.reset(2, precision, query, key, apart);
                assertEquals(2 * units, batch.units());
            }
        }
    }

    private static PackedMatrix actOrder(int seed, Arena arena) {
        return PackedMatrix.pack(new RandomGroups(
                8, 320, 4, 64, TensorType.F16, RandomGroups.Zeros.SYMMETRIC, true, new Random(seed)), arena);
    }

    @Test
    void refusesWrongArguments() {
        try (Arena arena = Arena.ofConfined()) {
            BlockWeights weights = RandomWeights.blocks(TensorType.Q4_0, 3 * TILE_ROWS, 64, new Random(1));
            PackedMatrix matrix = PackedMatrix.pack(weights, arena);
            VectorActivations x = new VectorActivations();
            float[] y = new float[3 * TILE_ROWS];
            assertThrows(IllegalArgumentException.class,
                    () -> matrix.multiplyVector(x, new Scratch(), y, 0, 0, TILE_ROWS));
            x.set(new float[64], 0, Activations.Precision.F32, matrix);
            matrix.multiplyVector(x, new Scratch(), y, 0, 0, 0);
            assertThrows(IllegalArgumentException.class,
                    () -> matrix.multiplyVector(x, new Scratch(), y, 0, 1, TILE_ROWS));
            assertThrows(IllegalArgumentException.class, () -> matrix.multiplyVector(x, new Scratch(), y, 0, 0, 1));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> matrix.multiplyVector(x, new Scratch(), y, 1, 0, 3 * TILE_ROWS));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PackedMatrix.packer(RandomWeights.blocks(TensorType.I8, 1, 32, new Random(1)), arena));
        }
    }
}
