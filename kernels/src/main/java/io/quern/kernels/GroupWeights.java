package io.quern.kernels;

import java.util.Objects;

/**
 * Weights quantised in groups of inputs: {@code W[n][k] = scale[g][n] * (code[n][k] - zero[g][n])}, computed in f32,
 * with g the group of input k (GPTQ, AWQ, compressed-tensors; formats.md C and D). Implementations read the
 * checkpoint's own bytes and undo its shuffling.
 */
public non-sealed interface GroupWeights extends LinearWeights {
    /** Bits of a code: 2 to 8. Codes are unsigned, {@code 0 .. 2^bits - 1}. */
    int bits();

    /** Inputs of a group; the last group may be shorter. At most {@link #columns}. */
    int groupSize();

    /** Number of groups of one row. */
    int groupCount();

    /** The group of every input where act-order shuffled them, or null where it is {@code k / groupSize}. */
    int[] groupIndex();

    /** The type in which the checkpoint stores scales: F16, BF16 or F32. */
    TensorType scaleType();

    /**
     * True if {@link #zeros} gives {@code m} of {@code W = code * scale + m} (llm-awq) instead of integral zero
     * points.
     */
    boolean zerosAreOffsets();

    /**
     * Reads the codes of a rectangle: {@code target[(k - firstColumn) * rowCount + (n - firstRow)]}, rows and columns
     * inside the matrix.
     */
    void codes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target);

    /**
     * Reads the codes of a rectangle, eight inputs at a time: byte i of {@code target[(k - firstColumn) / 8 * stride +
     * (n - firstRow)]} is the code of input k + i, for every eighth k. Beyond the last column bytes are 0.
     *
     * @param firstColumn a multiple of 8
     */
    default void codes(
            int firstRow, int rowCount, int firstColumn, int columnCount, long[] target, int stride) {
        byte[] codes = new byte[rowCount * columnCount];
        codes(firstRow, rowCount, firstColumn, columnCount, codes);
        for (int k = 0; k < columnCount; k++) {
            for (int n = 0; n < rowCount; n++) {
                int at = k / 8 * stride + n;
                long code = (codes[k * rowCount + n] & 0xFFL) << 8 * (k % 8);
                target[at] = k % 8 == 0 ? code : target[at] | code;
            }
        }
    }

    /** Reads the scales of one group: {@code target[n - firstRow]}. */
    void scales(int group, int firstRow, int rowCount, float[] target);

    /** Reads the zero points (or offsets, see {@link #zerosAreOffsets}) of one group: {@code target[n - firstRow]}. */
    void zeros(int group, int firstRow, int rowCount, float[] target);

    /**
     * The {@link LinearWeights#columns} weights of one row, exactly as the format defines them; slow.
     *
     * @throws IndexOutOfBoundsException if the row is not in the matrix or the target is too short
     */
    static void dequantizeRow(GroupWeights weights, int row, float[] target) {
        Objects.checkIndex(row, weights.rows());
        Objects.checkFromIndexSize(0, weights.columns(), target.length);
        ScalarGroupWeights.dequantizeRow(weights, row, target);
    }
}
