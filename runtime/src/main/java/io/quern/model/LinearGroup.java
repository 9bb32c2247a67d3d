package io.quern.model;

import io.quern.kernels.PackedMatrix;

/**
 * Linear layers that share their input, multiplied in one parallel section: query, key and value, or gate and up. Knows
 * how its rows are cut into chunks of work.
 */
public final class LinearGroup {
    /**
     * A chunk reads at least so many bytes of weights, which takes some microseconds: claiming it costs a fraction of
     * one.
     */
    private static final long CHUNK_BYTES = 64 << 10;

    /** Fewer chunks than this would leave cores idle at the end of a section. */
    private static final int WANTED_CHUNKS = 16;

    final PackedMatrix[] matrices;
    private final float[][] biases;
    private final int[] chunkMatrix;
    private final int[] chunkFromRow;
    private final int[] chunkRowLimit;

    /** @param biases one for each matrix, null where it has none */
    public LinearGroup(PackedMatrix[] matrices, float[][] biases) {
        this.matrices = matrices;
        this.biases = biases;
        long bytes = 0;
        for (PackedMatrix matrix : matrices) {
            bytes += matrix.byteSize();
        }
        long chunkBytes = Math.min(CHUNK_BYTES, bytes / WANTED_CHUNKS);
        int[][] chunks = new int[3][0];
        for (int m = 0; m < matrices.length; m++) {
            PackedMatrix matrix = matrices[m];
            long tileBytes = Math.max(1, matrix.byteSize() * matrix.tileRows() / matrix.rows());
            int rows = Math.clamp(chunkBytes / tileBytes, 1, matrix.rows()) * matrix.tileRows();
            for (int from = 0; from < matrix.rows(); from += rows) {
                append(chunks, m, from, Math.min(matrix.rows(), from + rows));
            }
        }
        chunkMatrix = chunks[0];
        chunkFromRow = chunks[1];
        chunkRowLimit = chunks[2];
    }

    private static void append(int[][] chunks, int... values) {
        for (int i = 0; i < values.length; i++) {
            chunks[i] = java.util.Arrays.copyOf(chunks[i], chunks[i].length + 1);
            chunks[i][chunks[i].length - 1] = values[i];
        }
    }

    int chunkCount() {
        return chunkMatrix.length;
    }

    int matrixOf(int chunk) {
        return chunkMatrix[chunk];
    }

    int fromRow(int chunk) {
        return chunkFromRow[chunk];
    }

    int rowLimit(int chunk) {
        return chunkRowLimit[chunk];
    }

    float[] bias(int matrix) {
        return biases[matrix];
    }

    int columns() {
        return matrices[0].columns();
    }

    /** Memory of the packed matrices. */
    public long byteSize() {
        long sum = 0;
        for (PackedMatrix matrix : matrices) {
            sum += matrix.byteSize();
        }
        return sum;
    }
}
