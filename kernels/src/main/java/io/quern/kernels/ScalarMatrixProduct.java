package io.quern.kernels;

/**
 * The matrix-matrix product as its definition reads, in double: the reference for every kernel. Not for use at run
 * time.
 */
public final class ScalarMatrixProduct {
    private ScalarMatrixProduct() {}

    /** {@code y[t * rows + r] = sum over k of W[r][k] * x[t * columns + k]}. */
    public static double[] multiply(PackedMatrix matrix, float[] x, int tokens) {
        int columns = matrix.columns();
        float[] weights = new float[columns];
        double[] y = new double[tokens * matrix.rows()];
        for (int row = 0; row < matrix.rows(); row++) {
            matrix.unpackRow(row, weights, 0);
            for (int token = 0; token < tokens; token++) {
                double sum = 0;
                for (int k = 0; k < columns; k++) {
                    sum += (double) weights[k] * x[token * columns + k];
                }
                y[token * matrix.rows() + row] = sum;
            }
        }
        return y;
    }

    /** {@code sum over k of |W[r][k] * x[t][k]|}: what rounding errors of a product are measured against. */
    static double[] magnitudes(PackedMatrix matrix, float[] x, int tokens) {
        int columns = matrix.columns();
        float[] weights = new float[columns];
        double[] y = new double[tokens * matrix.rows()];
        for (int row = 0; row < matrix.rows(); row++) {
            matrix.unpackRow(row, weights, 0);
            for (int token = 0; token < tokens; token++) {
                double sum = 0;
                for (int k = 0; k < columns; k++) {
                    sum += Math.abs((double) weights[k] * x[token * columns + k]);
                }
                y[token * matrix.rows() + row] = sum;
            }
        }
        return y;
    }
}
