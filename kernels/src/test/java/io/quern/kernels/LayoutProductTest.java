package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Matrix-matrix products of every layout against the weights' exact values. */
class LayoutProductTest {
    private static final int TOKENS = 7;

    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void multipliesWithFloats(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            check(matrixCase, PackedMatrix.pack(matrixCase.weights(), arena), Activations.Precision.F32);
        }
    }

    @ParameterizedTest
    @MethodSource("io.quern.kernels.MatrixCase#all")
    void multipliesWithIntegers(MatrixCase matrixCase) {
        try (Arena arena = Arena.ofConfined()) {
            check(matrixCase, PackedMatrix.pack(matrixCase.weights(), arena), Activations.Precision.INTEGER);
        }
    }

    @Test
    void formatsOfUpToSixBitsHaveIntegerKernels() {
        TensorType[] types = {
            TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0, TensorType.Q5_1, TensorType.Q3_K, TensorType.Q4_K,
            TensorType.Q5_K, TensorType.Q6_K, TensorType.MXFP4
        };
        try (Arena arena = Arena.ofConfined()) {
            for (TensorType type : types) {
                PackedMatrix matrix = PackedMatrix.pack(RandomWeights.blocks(type, 3, 256, new Random(1)), arena);
                assertNotNull(matrix.panelForm(), type + ", " + matrix.layout());
            }
        }
    }

    /** Query, key and value of different layouts and orders. */
    @Test
    void matricesShareActivations() {
        try (Arena arena = Arena.ofConfined()) {
            MatrixCase[] cases =
                    MatrixCase.all().filter(c -> c.weights().columns() == 320 || c.weights().columns() == 256)
                            .filter(c -> c.weights().columns() == 320 || c.weights().rows() == TILE_ROWS)
                            .toArray(MatrixCase[]::new);
            for (int columns : new int[] {256, 320}) {
                MatrixCase[] sharing = Arrays.stream(cases).filter(c -> c.weights().columns() == columns)
                        .toArray(MatrixCase[]::new);
                PackedMatrix[] matrices = Arrays.stream(sharing).map(c -> PackedMatrix.pack(c.weights(), arena))
                        .toArray(PackedMatrix[]::new);
                Activations activations = new Activations(TOKENS, 320);
                for (Activations.Precision precision : Activations.Precision.values()) {
                    float[] x = RandomWeights.gaussian(TOKENS * columns, new Random(5));
                    activations.reset(TOKENS, precision, matrices);
                    activations.prepare(x, 0, columns, 0, activations.units());
                    for (int i = 0; i < matrices.length; i++) {
                        float[] y = new float[TOKENS * matrices[i].rows()];
                        matrices[i].multiplyMatrix(activations, y, 0, matrices[i].rows(), 0, matrices[i].rows(),
                                new Scratch());
                        compare(sharing[i], matrices[i], x, y, 0, matrices[i].rows(), precision);
                    }
                }
            }
        }
    }

    private static void check(MatrixCase matrixCase, PackedMatrix matrix, Activations.Precision precision) {
        int columns = matrix.columns();
        float[] x = RandomWeights.gaussian(TOKENS * columns, new Random(5));
        Activations activations = new Activations(TOKENS + 1, columns);
        activations.reset(TOKENS, precision, matrix);
        activations.prepare(x, 0, columns, 0, activations.units());
        int stride = matrix.rows() + 3;
        float[] y = new float[2 + TOKENS * stride];
        Arrays.fill(y, Float.NaN);
        Scratch scratch = new Scratch();
        for (int from = 0; from < matrix.rows(); from += TILE_ROWS) {
            int limit = Math.min(from + TILE_ROWS, matrix.rows());
            matrix.multiplyMatrix(activations, y, 2, stride, from, limit, scratch);
        }
        for (int i = 0; i < y.length; i++) {
            boolean inside = i >= 2 && (i - 2) % stride < matrix.rows();
            assertTrue(inside || Float.isNaN(y[i]), "written outside, at " + i);
        }
        compare(matrixCase, matrix, x, y, 2, stride, precision);
    }

    private static void compare(MatrixCase matrixCase, PackedMatrix matrix, float[] x, float[] y, int yOffset,
            int stride,
            Activations.Precision precision) {
        int columns = matrix.columns();
        boolean integer = precision == Activations.Precision.INTEGER && matrix.panelForm() != null;
        for (int token = 0; token < TOKENS; token++) {
            float[] step = steps(matrix, x, token);
            for (int row = 0; row < matrix.rows(); row++) {
                double expected = 0;
                double magnitude = 0;
                double rounding = 0;
                double largest = 0;
                for (int k = 0; k < columns; k++) {
                    double weight = matrixCase.truth()[row][k];
                    expected += weight * x[token * columns + k];
                    magnitude += Math.abs(x[token * columns + k]);
                    largest = Math.max(largest, Math.abs(weight));
                    rounding += Math.abs(weight) * step[k];
                }
                double limit = 1e-30 + Tolerances.VECTOR_PRODUCT * largest * magnitude + (integer ? rounding : 0);
                assertEquals(expected, y[yOffset + token * stride + row], limit,
                        matrixCase + ", token " + token + ", row " + row + ", " + MatrixCase.reproduce());
            }
        }
    }

    /** How far each quantised input may lie from the input: half the step of its block, in the matrix's order. */
    private static float[] steps(PackedMatrix matrix, float[] x, int token) {
        int columns = matrix.columns();
        InputOrder order = matrix.inputOrder();
        float[] ordered = new float[columns];
        for (int k = 0; k < columns; k++) {
            ordered[k] = x[token * columns + (order == null ? k : order.inputAt(k))];
        }
        PanelForm form = matrix.panelForm();
        float[] found = form == null
                ? new float[columns]
                : QuantizationSteps.of(ordered, form.largestCode(), form.blockInputs());
        float[] steps = new float[columns];
        for (int k = 0; k < columns; k++) {
            steps[order == null ? k : order.inputAt(k)] = found[k];
        }
        return steps;
    }
}
