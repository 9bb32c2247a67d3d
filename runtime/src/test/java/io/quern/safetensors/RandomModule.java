package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quern.kernels.GroupWeights;
import java.util.Arrays;
import java.util.Random;

/** A module of random codes, zero points and scales, and the packing of fields into words: the tests' own truth. */
final class RandomModule {
    final int rows;
    final int columns;
    final int bits;
    final int groupSize;
    final int groups;
    final int[][] codes; // [row][column]
    final int[][] zeros; // [group][row]
    final float[] scales; // [group * rows + row], exact in F16

    RandomModule(int rows, int columns, int bits, int groupSize, long seed) {
        Random random = new Random(seed);
        this.rows = rows;
        this.columns = columns;
        this.bits = bits;
        this.groupSize = groupSize;
        this.groups = (columns + groupSize - 1) / groupSize;
        this.codes = random(random, rows, columns);
        this.zeros = random(random, groups, rows);
        this.scales = new float[groups * rows];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (1 + random.nextInt(1000)) / 1024f;
        }
    }

    private int[][] random(Random random, int count, int length) {
        int[][] values = new int[count][length];
        for (int[] row : values) {
            for (int i = 0; i < length; i++) {
                row[i] = random.nextInt(1 << bits);
            }
        }
        return values;
    }

    /** Puts fields one after another into little-endian words. */
    static int[] pack(int[] fields, int bits) {
        int[] words = new int[(fields.length * bits + 31) / 32];
        for (int i = 0; i < fields.length * bits; i++) {
            words[i / 32] |= (fields[i / bits] >>> i % bits & 1) << i % 32;
        }
        return words;
    }

    /** The rows of a matrix packed, then transposed: column r of the result is row r packed. */
    static int[] packTransposed(int[][] rows, int bits) {
        int words = pack(rows[0], bits).length;
        int[] result = new int[words * rows.length];
        for (int r = 0; r < rows.length; r++) {
            int[] packed = pack(rows[r], bits);
            for (int w = 0; w < words; w++) {
                result[w * rows.length + r] = packed[w];
            }
        }
        return result;
    }

    /** The rows of a matrix packed, one after another. */
    static int[] packRows(int[][] rows, int bits) {
        int words = pack(rows[0], bits).length;
        int[] result = new int[words * rows.length];
        for (int r = 0; r < rows.length; r++) {
            System.arraycopy(pack(rows[r], bits), 0, result, r * words, words);
        }
        return result;
    }

    /** Scales as {@code [row][group]}. */
    float[] scalesByRow() {
        float[] result = new float[scales.length];
        for (int g = 0; g < groups; g++) {
            for (int n = 0; n < rows; n++) {
                result[n * groups + g] = scales[g * rows + n];
            }
        }
        return result;
    }

    /** The weight by the formula. */
    float weight(int row, int column, int group) {
        return scales[group * rows + row] * (codes[row][column] - zeros[group][row]);
    }

    /** Compares all that a module gives, whole and in odd pieces. */
    void assertEqual(GroupWeights weights) {
        assertEquals(rows, weights.rows());
        assertEquals(columns, weights.columns());
        assertEquals(bits, weights.bits());
        assertEquals(groups, weights.groupCount());
        assertEquals(groupSize, weights.groupSize());
        assertCodes(weights, 0, rows, 0, columns);
        assertCodes(weights, 1, rows - 2, 1, columns - 2);
        assertCodes(weights, rows - 5, 5, columns - 3, 3);
        assertCodes(weights, 8, 16, 9, 1);
        assertOctets(weights, 0, rows, 0, columns);
        assertOctets(weights, 3, rows - 4, 16, columns - 19);
        for (int g = 0; g < groups; g++) {
            assertGroup(weights, g, 0, rows);
            assertGroup(weights, g, 3, rows - 4);
        }
        float[] row = new float[columns];
        int[] index = weights.groupIndex();
        for (int n = 0; n < rows; n += 7) {
            GroupWeights.dequantizeRow(weights, n, row);
            for (int k = 0; k < columns; k++) {
                assertEquals(weight(n, k, index == null ? k / groupSize : index[k]), row[k]);
            }
        }
    }

    private void assertCodes(GroupWeights weights, int firstRow, int rowCount, int firstColumn, int columnCount) {
        byte[] target = new byte[rowCount * columnCount + 3];
        weights.codes(firstRow, rowCount, firstColumn, columnCount, target);
        for (int k = 0; k < columnCount; k++) {
            for (int n = 0; n < rowCount; n++) {
                assertEquals((byte) codes[firstRow + n][firstColumn + k], target[k * rowCount + n],
                        "row " + (firstRow + n) + " column " + (firstColumn + k));
            }
        }
        assertEquals(0, target[target.length - 3], "wrote beyond the rectangle");
    }

    private void assertOctets(GroupWeights weights, int firstRow, int rowCount, int firstColumn, int columnCount) {
        int stride = rowCount + 2;
        int octets = (columnCount + 7) / 8;
        long[] target = new long[octets * stride - 2];
        Arrays.fill(target, -1);
        weights.codes(firstRow, rowCount, firstColumn, columnCount, target, stride);
        for (int i = 0; i < target.length; i++) {
            boolean untouched = i % stride >= rowCount;
            long expected = untouched ? -1 : 0;
            for (int k = i / stride * 8; !untouched && k < Math.min(columnCount, i / stride * 8 + 8); k++) {
                expected |= (long) codes[firstRow + i % stride][firstColumn + k] << 8 * (k % 8);
            }
            assertEquals(expected, target[i], "row " + (firstRow + i % stride) + " octet " + i / stride);
        }
    }

    private void assertGroup(GroupWeights weights, int group, int firstRow, int rowCount) {
        float[] expectedScales = new float[rowCount];
        float[] expectedZeros = new float[rowCount];
        for (int n = 0; n < rowCount; n++) {
            expectedScales[n] = scales[group * rows + firstRow + n];
            expectedZeros[n] = zeros[group][firstRow + n];
        }
        float[] found = new float[rowCount];
        weights.scales(group, firstRow, rowCount, found);
        assertArrayEquals(expectedScales, found);
        weights.zeros(group, firstRow, rowCount, found);
        if (!weights.zerosAreOffsets()) {
            assertArrayEquals(expectedZeros, found);
        }
    }
}
