package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RotaryEmbeddingTest {
    @Test
    void agreesWithScalarTwin() {
        Random random = OpsRandom.create();
        for (RotaryEmbedding.Layout layout : RotaryEmbedding.Layout.values()) {
            for (int pairs : new int[] {1, 2, 3, 4, 7, 8, 9, 16, 17, 32, 33, 40, 64, 128}) {
                for (int unrotated : new int[] {0, 6}) {
                    check(random, layout, pairs, unrotated);
                }
            }
        }
    }

    private static void check(Random random, RotaryEmbedding.Layout layout, int pairs, int unrotated) {
        int headSize = 2 * pairs + unrotated;
        int heads = 3;
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            frequencies[i] = Math.pow(10000, -(double) i / pairs);
        }
        RotaryEmbedding rotary = new RotaryEmbedding(frequencies, 1.25f, layout);
        int first = 4090;
        float[] table = new float[1 + 4 * rotary.tableStride()];
        rotary.fillTable(first, 4, table, 1);
        for (int t = 0; t < 4; t++) {
            float[] x = OpsRandom.gaussian(random, heads * headSize + 2, 1);
            float[] expected = x.clone();
            for (int h = 0; h < heads; h++) {
                ScalarOps.rotate(expected, 1 + h * headSize, frequencies, 1.25, first + t, layout);
            }
            rotary.rotate(x, 1, heads, headSize, table, 1 + t * rotary.tableStride());
            for (int i = 0; i < x.length; i++) {
                OpsTolerances.check(expected[i], x[i], OpsTolerances.ROTATION, 10,
                        layout + ", pairs " + pairs + ", element " + i);
            }
            assertEquals(expected[0], x[0]);
            assertEquals(expected[x.length - 1], x[x.length - 1]);
        }
    }

    @Test
    void pairsLieWhereTheLayoutSays() {
        double[] quarterTurn = {Math.PI / 2, 0};
        float[] table = new float[8];
        RotaryEmbedding interleaved = new RotaryEmbedding(quarterTurn, 1, RotaryEmbedding.Layout.INTERLEAVED);
        interleaved.fillTable(1, 1, table, 0);
        float[] x = {1, 2, 3, 4};
        interleaved.rotate(x, 0, 1, 4, table, 0);
        assertEquals(-2, x[0], 1e-6);
        assertEquals(1, x[1], 1e-6);
        assertEquals(3, x[2], 0);
        assertEquals(4, x[3], 0);

        RotaryEmbedding halves = new RotaryEmbedding(quarterTurn, 1, RotaryEmbedding.Layout.HALVES);
        halves.fillTable(1, 1, table, 0);
        float[] y = {1, 2, 3, 4};
        halves.rotate(y, 0, 1, 4, table, 0);
        assertEquals(-3, y[0], 1e-6);
        assertEquals(2, y[1], 0);
        assertEquals(1, y[2], 1e-6);
        assertEquals(4, y[3], 0);
    }

    @Test
    void refusesHeadsSmallerThanTheRotation() {
        RotaryEmbedding rotary = new RotaryEmbedding(new double[4], 1, RotaryEmbedding.Layout.HALVES);
        assertThrows(IllegalArgumentException.class, () -> rotary.rotate(new float[8], 0, 1, 6, new float[8], 0));
    }
}
