package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products with the words of GPTQ and AWQ files against the formats' definitions. Longer than most files here: one list
 * of cases goes through decode, prefill, unpacking and what must be refused.
 */
class MappedMatrixTest {
    private static final long SEED = Long.getLong("quern.test.seed", 4);
    private static final int TOKENS = 5;
    private static final TensorType[] SCALES = {TensorType.F16, TensorType.BF16, TensorType.F32};

    /** @param largest of every row, the largest {@code |scale * code|} that its scales allow: what sums are made of */
    private record Case(String name, RandomWords weights, float[][] truth, float[] largest) {
        static Case of(String name, RandomWords weights) {
            float[][] truth = new float[weights.rows()][weights.columns()];
            for (int row = 0; row < truth.length; row++) {
                GroupWeights.dequantizeRow(weights, row, truth[row]);
            }
            float[] largest = new float[truth.length];
            float[] scales = new float[truth.length];
            for (int group = 0; group < weights.groupCount(); group++) {
                weights.scales(group, 0, scales.length, scales);
                for (int row = 0; row < scales.length; row++) {
                    largest[row] = Math.max(largest[row], Math.abs(scales[row]) * ((1 << weights.bits()) - 1));
                }
            }
            String shape = ", " + weights.rows() + "x" + weights.columns() + ", groups of "
                    + weights.groupSize() + ", ";
            return new Case(name + shape + weights.scaleType(), weights, truth, largest);
        }

        MappedMatrix matrix() {
            return (MappedMatrix) PackedMatrix.mapped(weights).orElseThrow();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static int[] shuffledGroups(int columns, int groupSize, Random random) {
        int[] groups = new int[columns];
        Arrays.setAll(groups, k -> k / groupSize);
        for (int k = columns - 1; k > 0; k--) {
            int other = random.nextInt(k + 1);
            int swapped = groups[k];
            groups[k] = groups[other];
            groups[other] = swapped;
        }
        return groups;
    }

    /** Inputs and group size: short last groups, whole rows, groups that are no multiple of a word's inputs. */
    private static Stream<Case> gptq() {
        Random random = new Random(SEED);
        int[][] shapes = {{32, 32}, {320, 64}, {352, 128}, {288, 288}, {96, 128}, {160, 20}};
        int[] rowCounts = {32, 96, 160, 1056};
        List<Case> cases = new ArrayList<>();
        for (int bits : new int[] {4, 8}) {
            for (int[] shape : shapes) {
                for (int variant = 0; variant < 4; variant++) {
                    int rows = rowCounts[(cases.size() + variant) % rowCounts.length];
                    boolean actOrder = variant == 3 && shape[1] < shape[0];
                    boolean lessOne = variant != 1;
                    Integer zeroWord = variant != 2 ? null : bits == 4 ? 0x77777777 : 0x7F7F7F7F;
                    int[] index = actOrder ? shuffledGroups(shape[0], shape[1], random) : null;
                    cases.add(Case.of("GPTQ " + bits + " bits, v" + (lessOne ? 1 : 2) + (actOrder ? ", act-order" : "")
                            + (zeroWord == null ? "" : ", symmetric"),
                            new RandomWords.Gptq(rows, shape[0], bits, Math.min(shape[1], shape[0]),
                                    SCALES[cases.size() % 3], index, zeroWord, lessOne, random)));
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Case> awq() {
        Random random = new Random(SEED);
        int[][] shapes = {
            {1, 1}, {33, 33}, {320, 64}, {350, 128}, {296, 296}, {96, 40}, {200, 20}, {304, 128}, {48, 16}, {160, 160}};
        int[] rowCounts = {8, 24, 8 * TILE_ROWS + 8, 136, 1024, 1032};
        List<Case> cases = new ArrayList<>();
        for (int[] shape : shapes) {
            for (int rows : rowCounts) {
                boolean zeros = cases.size() % 5 != 4;
                cases.add(Case.of(zeros ? "AWQ" : "AWQ without zeros",
                        new RandomWords.Awq(rows, shape[0], shape[1], SCALES[cases.size() % 3], zeros, random)));
            }
        }
        return cases.stream();
    }

    private static Stream<Case> cases() {
        return Stream.concat(gptq(), awq());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void unpacksRowsExactly(Case each) {
        MappedMatrix matrix = each.matrix();
        float[] row = new float[matrix.columns() + 2];
        for (int r = 0; r < matrix.rows(); r++) {
            Arrays.fill(row, Float.NaN);
            matrix.unpackRow(r, row, 1);
            assertArrayEquals(each.truth[r], Arrays.copyOfRange(row, 1, row.length - 1), "row " + r);
            assertTrue(Float.isNaN(row[0]) && Float.isNaN(row[row.length - 1]));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void unpacksPiecesOfTilesExactly(Case each) {
        MappedMatrix matrix = each.matrix();
        int padded = Chunks.padded(matrix.columns());
        for (int tile = 0; tile < TiledMatrix.tileCount(matrix.rows()); tile++) {
            for (int length : new int[] {32, 96, padded}) {
                for (int from = 0; from < padded; from += length) {
                    checkPiece(each, matrix, tile, from, Math.min(length, matrix.columns() - from));
                }
            }
        }
    }

    private static void checkPiece(Case each, MappedMatrix matrix, int tile, int from, int count) {
        int padded = Chunks.padded(count);
        float[] target = new float[padded * TILE_ROWS + 2];
        Arrays.fill(target, Float.NaN);
        matrix.unpackTile(tile, from, count, target, 1);
        assertTrue(Float.isNaN(target[0]) && Float.isNaN(target[target.length - 1]));
        for (int k = 0; k < padded; k++) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int row = tile * TILE_ROWS + lane;
                boolean inside = row < matrix.rows() && from + k < matrix.columns();
                float found = target[1 + k * TILE_ROWS + lane];
                if (inside) {
                    assertEquals(each.truth[row][from + k], found, "row " + row + ", column " + (from + k));
                } else {
                    assertTrue(found == 0, "padding at row " + row + ", column " + (from + k) + ": " + found);
                }
            }
        }
    }

    /** Codes, scales and minimums together are the weights. */
    @ParameterizedTest
    @MethodSource("cases")
    void unpacksCodes(Case each) {
        MappedMatrix matrix = each.matrix();
        if (matrix.scaleInputs() % 32 != 0) {
            return;
        }
        int tiles = TiledMatrix.tileCount(matrix.rows());
        for (int tile = 0; tile < tiles; tile += Math.max(1, tiles - 1)) {
            for (int from = 0; from < matrix.columns(); from += 96) {
                checkCodes(each, matrix, tile, from, Math.min(96, matrix.columns() - from));
            }
        }
    }

    private static void checkCodes(Case each, MappedMatrix matrix, int tile, int from, int count) {
        int blocks = Chunks.ceilDiv(count, 32) + 1;
        short[] codes = new short[Chunks.padded(count) * TILE_ROWS + 2];
        float[] scales = new float[blocks * TILE_ROWS + 2];
        float[] minimums = new float[blocks * TILE_ROWS + 2];
        Arrays.fill(scales, Float.NaN);
        Arrays.fill(minimums, Float.NaN);
        matrix.unpackCodes(tile, from, count, MemorySegment.ofArray(codes), 1);
        matrix.unpackScales(tile, from, count, scales, minimums, 1);
        for (int lane = 0; lane < Math.min(TILE_ROWS, matrix.rows() - tile * TILE_ROWS); lane++) {
            for (int k = 0; k < count; k++) {
                int block = (from + k) / matrix.scaleInputs() - from / matrix.scaleInputs();
                float scale = scales[1 + block * TILE_ROWS + lane];
                float product = scale * codes[1 + (k / 2 * TILE_ROWS + lane) * 2 + (k & 1)];
                float minimum = matrix.hasMinimums() ? minimums[1 + block * TILE_ROWS + lane] : 0;
                double limit = Tolerances.SPLIT_WEIGHT * (Math.abs(product) + Math.abs(minimum));
                assertEquals(each.truth[tile * TILE_ROWS + lane][from + k], product + minimum, limit,
                        "column " + (from + k));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void multipliesVectors(Case each) {
        for (Activations.Precision precision : Activations.Precision.values()) {
            multipliesVectors(each, precision);
        }
    }

    private static void multipliesVectors(Case each, Activations.Precision precision) {
        multipliesVectors(each, precision, RandomWeights.gaussian(each.weights().columns() + 3, new Random(7)));
    }

    private static void multipliesVectors(Case each, Activations.Precision precision, float[] x) {
        MappedMatrix matrix = each.matrix();
        VectorActivations activations = new VectorActivations();
        activations.set(x, 2, precision, matrix);
        float rounding = vectorStep(matrix.inputForm(precision), x, matrix.columns());
        Scratch scratch = new Scratch();
        float[] y = new float[matrix.rows() + 4];
        for (int step : new int[] {TILE_ROWS, matrix.tileRows(), 2 * matrix.tileRows()}) {
            for (int from = 0; from < matrix.rows(); from += step) {
                Arrays.fill(y, Float.NaN);
                int limit = Math.min(from + step, matrix.rows());
                matrix.multiplyVector(activations, scratch, y, 3, from, limit);
                for (int i = 0; i < y.length; i++) {
                    if (i - 3 < from || i - 3 >= limit) {
                        assertTrue(Float.isNaN(y[i]), "written outside, at " + i);
                    } else {
                        checkSum(each, i - 3, x, 2, y[i], rounding);
                    }
                }
            }
        }
    }

    private static float vectorStep(InputForm form, float[] x, int columns) {
        float largest = 0;
        if (form.integers() != null) {
            float[] ordered = Arrays.copyOfRange(x, 2, 2 + columns);
            if (form.order() != null) {
                form.order().gather(x, 2, ordered, 0);
            }
            // Half as much where a lane sums all inputs of a block: their sum may be twice that of the even ones.
            int factor = form.integers().terms() == null ? 2 : 1;
            for (float step : QuantizationSteps.of(ordered, form.integers().centre(), IntegerInput.RUN)) {
                largest = Math.max(largest, factor * step);
            }
        }
        return largest;
    }

    /** @param step half a step of the quantised inputs */
    private static void checkSum(Case each, int row, float[] x, int xOffset, float found, float step) {
        float[] weights = each.truth[row];
        double expected = 0;
        double magnitude = 0;
        double rounding = 0;
        for (int k = 0; k < weights.length; k++) {
            expected += (double) weights[k] * x[xOffset + k];
            magnitude += Math.abs(x[xOffset + k]);
            rounding += Math.abs(weights[k]) * step;
        }
        assertEquals(expected, found, 1e-30 + Tolerances.VECTOR_PRODUCT * each.largest[row] * magnitude + rounding,
                "seed " + SEED + ", again with -Dquern.test.seed=" + SEED);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void multipliesMatrices(Case each) {
        MappedMatrix matrix = each.matrix();
        int columns = matrix.columns();
        float[] x = RandomWeights.gaussian(TOKENS * columns, new Random(5));
        Activations activations = new Activations(TOKENS, columns);
        for (Activations.Precision precision : Activations.Precision.values()) {
            activations.reset(TOKENS, precision, matrix);
            activations.prepare(x, 0, columns, 0, activations.units());
            int stride = matrix.rows() + 3;
            float[] y = new float[2 + TOKENS * stride];
            Arrays.fill(y, Float.NaN);
            for (int from = 0; from < matrix.rows(); from += matrix.tileRows()) {
                int limit = Math.min(from + matrix.tileRows(), matrix.rows());
                matrix.multiplyMatrix(activations, y, 2, stride, from, limit, new Scratch());
            }
            boolean integer = precision == Activations.Precision.INTEGER && matrix.panelForm() != null;
            float step = integer ? largestStep(x, columns, matrix.panelForm()) : 0;
            for (int i = 0; i < y.length; i++) {
                int row = (i - 2) % stride;
                if (i < 2 || row >= matrix.rows()) {
                    assertTrue(Float.isNaN(y[i]), "written outside, at " + i);
                } else {
                    checkSum(each, row, x, (i - 2) / stride * columns, y[i], step);
                }
            }
        }
    }

    @Test
    void fourBitWordsOfGptqHaveAnIntegerVectorKernel() {
        Random random = new Random(1);
        PackedMatrix gptq =
                matrix(new RandomWords.Gptq(64, 256, 4, 128, TensorType.F16, null, null, true, random));
        assertTrue(gptq.inputForm(Activations.Precision.INTEGER).integers() != null);
        assertTrue(gptq.inputForm(Activations.Precision.F32).integers() == null);
    }

    @Test
    void wordsOfAwqHaveAnIntegerVectorKernel() {
        Random random = new Random(1);
        int[][] regular = {{256, 256, 128}, {136, 48, 16}, {1032, 144, 144}, {8 * TILE_ROWS, 32, 96}};
        for (int[] shape : regular) {
            PackedMatrix awq = matrix(
                    new RandomWords.Awq(shape[0], shape[1], shape[2], TensorType.F16, true, random));
            assertTrue(awq.inputForm(Activations.Precision.INTEGER).integers() != null, Arrays.toString(shape));
            assertTrue(awq.inputForm(Activations.Precision.F32).integers() == null);
        }
        int[][] odd = {{8, 256, 128}, {256, 250, 128}, {256, 200, 20}};
        for (int[] shape : odd) {
            PackedMatrix awq = matrix(
                    new RandomWords.Awq(shape[0], shape[1], shape[2], TensorType.F16, true, random));
            assertTrue(awq.inputForm(Activations.Precision.INTEGER).integers() == null, Arrays.toString(shape));
        }
    }

    /** Codes of the largest magnitude, which zero bits stand for, and inputs of one sign: an overflow would show. */
    @Test
    void largestIntegerSumsDoNotOverflow() {
        Random random = new Random(4);
        RandomWords.Awq weights = new RandomWords.Awq(8 * TILE_ROWS, 64, 32, TensorType.F16, false, random);
        for (byte codes : new byte[] {0, -1, 0x0F, (byte) 0xF0}) {
            weights.qweight().fill(codes);
            Case each = Case.of("AWQ, all codes alike", weights);
            for (int trial = 0; trial < 100; trial++) {
                float[] x = new float[64 + 3];
                for (int k = 0; k < x.length; k++) {
                    x[k] = trial == 0 ? 1 : trial == 1 ? k % 2 : random.nextFloat();
                }
                multipliesVectors(each, Activations.Precision.INTEGER, x);
            }
        }
    }

    private static float largestStep(float[] x, int columns, PanelForm form) {
        float largest = 0;
        for (int row = 0; row < x.length; row += columns) {
            float[] token = Arrays.copyOfRange(x, row, row + columns);
            for (float step : QuantizationSteps.of(token, form.largestCode(), form.blockInputs())) {
                largest = Math.max(largest, step);
            }
        }
        return largest;
    }

    @Test
    void fourBitsWithRegularGroupsHaveIntegerKernels() {
        Random random = new Random(1);
        TensorType scale = TensorType.F16;
        assertNotNull(matrix(new RandomWords.Awq(64, 256, 128, scale, true, random)).panelForm());
        assertNotNull(matrix(new RandomWords.Gptq(64, 256, 4, 128, scale, null, null, true, random)).panelForm());
        int[] index = shuffledGroups(256, 128, random);
        assertNull(matrix(new RandomWords.Gptq(64, 256, 4, 128, scale, index, null, true, random)).panelForm());
        assertNull(matrix(new RandomWords.Gptq(64, 256, 8, 128, scale, null, null, true, random)).panelForm());
    }

    private static PackedMatrix matrix(LinearWeights weights) {
        return PackedMatrix.mapped(weights).orElseThrow();
    }

    @Test
    void readsTheBytesItSays() {
        Random random = new Random(1);
        PackedMatrix awq = matrix(new RandomWords.Awq(64, 256, 128, TensorType.F16, true, random));
        assertEquals("AWQ words g128, mapped", awq.layout());
        assertEquals(64 * 256 / 2 + 2 * 64 / 2 + 2 * 64 * 2, awq.byteSize());
        PackedMatrix gptq = matrix(new RandomWords.Gptq(64, 256, 8, 256, TensorType.F32, null, null, true, random));
        assertEquals("GPTQ words 8-bit, whole rows, mapped", gptq.layout());
        assertEquals(64 * 256 + 64 + 64 * 4, gptq.byteSize());
        PackedMatrix actOrder = matrix(new RandomWords.Gptq(
                64, 256, 4, 128, TensorType.F16, shuffledGroups(256, 128, random), null, true, random));
        assertEquals("GPTQ words 4-bit, mapped, scattered groups: a scale for each product", actOrder.layout());
        assertEquals(64 * 256 / 2 + 2 * 64 / 2 + 2 * 64 * 2 + 256 * 4, actOrder.byteSize());
    }

    /** Query, key and value: packed with inputs reordered beside mapped in the natural order. */
    @Test
    void sharesActivationsWithPackedMatrices() {
        Random random = new Random(3);
        RandomWords weights = new RandomWords.Gptq(
                64, 320, 4, 64, TensorType.F16, shuffledGroups(320, 64, random), null, true, random);
        Case each = Case.of("act-order", weights);
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix[] matrices = {PackedMatrix.pack(weights, arena), each.matrix()};
            float[] x = RandomWeights.gaussian(320, random);
            VectorActivations activations = new VectorActivations();
            activations.set(x, 0, Activations.Precision.F32, matrices);
            for (PackedMatrix matrix : matrices) {
                float[] y = new float[64];
                matrix.multiplyVector(activations, new Scratch(), y, 0, 0, 64);
                for (int row = 0; row < 64; row++) {
                    checkSum(each, row, x, 0, y[row], 0);
                }
            }
        }
    }

    @Test
    void leavesOtherWeightsToThePacker() {
        Random random = new Random(1);
        assertEquals(Optional.empty(), PackedMatrix.mapped(RandomWeights.blocks(TensorType.Q4_0, 32, 32, random)));
        assertEquals(Optional.empty(), PackedMatrix.mapped(new RandomGroups(
                32, 32, 4, 32, TensorType.F16, RandomGroups.Zeros.INTEGERS, false, random)));
        assertEquals(Optional.empty(), PackedMatrix.mapped(
                new RandomWords.Gptq(32, 32, 2, 32, TensorType.F16, null, null, true, random)));
    }

    @Test
    void refusesWrongShapes() {
        Random random = new Random(1);
        RandomWords odd = new RandomWords.Gptq(8, 32, 4, 32, TensorType.F16, null, null, true, random);
        assertThrows(IllegalArgumentException.class, () -> PackedMatrix.mapped(odd));
        assertInstanceOf(MappedAwqMatrix.class, matrix(new RandomWords.Awq(8, 3, 3, TensorType.F16, true, random)));
        MappedMatrix matrix = Case.of("", new RandomWords.Awq(
                4096, 32, 32, TensorType.F16, true, random)).matrix();
        VectorActivations x = new VectorActivations();
        float[] y = new float[matrix.rows()];
        assertThrows(IllegalArgumentException.class, () -> matrix.multiplyVector(x, new Scratch(), y, 0, 0, TILE_ROWS));
        x.set(new float[32], 0, Activations.Precision.F32, matrix);
        assertThrows(IllegalArgumentException.class, () -> matrix.multiplyVector(x, new Scratch(), y, 0, 1, TILE_ROWS));
        assertThrows(
                IndexOutOfBoundsException.class, () -> matrix.multiplyVector(x, new Scratch(), y, 1, 0, matrix.rows()));
    }

    @Test
    void decodeAllocatesNothing() {
        Random random = new Random(1);
        RandomWords[] all = {
            new RandomWords.Awq(256, 256, 128, TensorType.F16, true, random),
            new RandomWords.Gptq(256, 256, 4, 128, TensorType.BF16, null, null, true, random),
            new RandomWords.Gptq(256, 256, 8, 128, TensorType.F16, null, 0x7F7F7F7F, true, random),
            new RandomWords.Gptq(256, 256, 4, 64, TensorType.F16, shuffledGroups(256, 64, random), null, true, random),
            new RandomWords.Gptq(256, 256, 8, 64, TensorType.F32, shuffledGroups(256, 64, random), null, true, random)
        };
        for (RandomWords weights : all) {
            PackedMatrix matrix = matrix(weights);
            for (Activations.Precision precision : Activations.Precision.values()) {
                assertEquals(0, allocatedByProducts(matrix, precision), matrix.layout() + ", " + precision);
            }
        }
    }

    /** Repeats products until they are compiled and allocate nothing, or gives up. */
    private static long allocatedByProducts(PackedMatrix matrix, Activations.Precision precision) {
        VectorActivations x = new VectorActivations();
        x.set(new float[matrix.columns()], 0, precision, matrix);
        Scratch scratch = new Scratch();
        float[] y = new float[matrix.rows()];
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 30_000 && allocated > 0; attempt++) {
            long before = AllocatedBytes.now();
            for (int i = 0; i < 20; i++) {
                matrix.multiplyVector(x, scratch, y, 0, 0, y.length);
            }
            allocated = AllocatedBytes.now() - before;
        }
        return allocated;
    }
}
