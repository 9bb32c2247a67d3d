package io.quern.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quern.checkpoint.LinearRole;
import io.quern.kernels.Activations;
import io.quern.kernels.PackedMatrix;
import io.quern.measure.ModelShape;
import io.quern.measure.RandomCheckpoint;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearProductTest {
    private static final int MOST_TOKENS = 20;

    /** One token, a few, and as many as are worth unpacking the weights for, in turn with one object. */
    @ParameterizedTest
    @ValueSource(strings = {"q4_0", "q4_1", "q8_0", "awq-4", "f16"})
    void isThatOfTheUnpackedWeights(String weights) {
        Random random = new Random(5);
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(ModelShape.named("smollm2-135m"), 1, weights, true);
                Arena arena = Arena.ofShared();
                Workers workers = new Workers(2)) {
            PackedMatrix[] matrices = new PackedMatrix[2];
            matrices[0] = PackedMatrix.pack(checkpoint.linear(0, LinearRole.QUERY), arena);
            matrices[1] = PackedMatrix.pack(checkpoint.linear(0, LinearRole.VALUE), arena);
            float[][] biases = {null, gaussian(matrices[1].rows(), random)};
            LinearGroup group = new LinearGroup(matrices, biases);
            float[] x = gaussian(MOST_TOKENS * group.columns(), random);
            LinearProduct product = new LinearProduct(workers, Activations.Precision.F32, group.columns(), 8);
            product.reserve(MOST_TOKENS);
            for (int tokens : new int[] {1, 2, MOST_TOKENS, 8, 9, 3}) {
                float[][] y = {new float[tokens * matrices[0].rows()], new float[tokens * matrices[1].rows()]};
                product.multiply(group, x, tokens, y[0], y[1]);
                check(matrices[0], null, x, tokens, y[0]);
                check(matrices[1], biases[1], x, tokens, y[1]);
            }
        }
    }

    private static void check(PackedMatrix matrix, float[] bias, float[] x, int tokens, float[] y) {
        float[] row = new float[matrix.columns()];
        for (int r = 0; r < matrix.rows(); r += 7) {
            matrix.unpackRow(r, row, 0);
            for (int token = 0; token < tokens; token++) {
                double sum = bias == null ? 0 : bias[r];
                double size = 0;
                for (int k = 0; k < row.length; k++) {
                    double term = (double) row[k] * x[token * row.length + k];
                    sum += term;
                    size += Math.abs(term);
                }
                assertEquals(sum, y[token * matrix.rows() + r], 1e-6 * size + 1e-6,
                        "row " + r + ", token " + token + " of " + tokens);
            }
        }
    }

    private static float[] gaussian(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
