package io.quern.kernels;

import java.util.Objects;

/**
 * The input of a matrix-vector product, prepared once for all matrices that share it (query, key and value; gate and up)
 * and all workers: in every order that these matrices want, padded, with the sums of its blocks.
 *
 * <p>Use: {@link #set} by one thread, then (after a barrier) any number of products by any threads. {@link #set} allocates
 * only when an input is longer, or has more orders, than any before.
 */
public final class VectorActivations {
    /** Inputs of one sum: the smallest block that has a scale of its own. */
    static final int SUM_INPUTS = 16;

    private Ordered[] variants = {new Ordered()};
    private int variantCount;
    private int columns;

    /** Empty until {@link #set}. */
    public VectorActivations() {}

    /** The input in one order. */
    static final class Ordered {
        private InputOrder order;

        /** Inputs, padded by zeros to a multiple of 32. */
        float[] values = new float[0];

        /** Sums of {@link #SUM_INPUTS} inputs each. */
        float[] sums = new float[0];

        private void set(float[] x, int xOffset, int columns, InputOrder order) {
            this.order = order;
            int padded = Chunks.padded(columns);
            if (values.length < padded) {
                values = new float[padded];
                sums = new float[padded / SUM_INPUTS];
            }
            if (order == null) {
                System.arraycopy(x, xOffset, values, 0, columns);
            } else {
                order.gather(x, xOffset, values, 0);
            }
            for (int k = columns; k < padded; k++) {
                values[k] = 0;
            }
            for (int block = 0; block < padded / SUM_INPUTS; block++) {
                sums[block] = blockSum(values, block * SUM_INPUTS);
            }
        }

        /** Four chains, since additions take several cycles each; in doubles, so that the sum is rounded once. */
        private static float blockSum(float[] x, int at) {
            double a = 0;
            double b = 0;
            double c = 0;
            double d = 0;
            for (int k = at; k < at + SUM_INPUTS; k += 4) {
                a += x[k];
                b += x[k + 1];
                c += x[k + 2];
                d += x[k + 3];
            }
            return (float) (a + b + (c + d));
        }
    }

    /**
     * Takes the inputs {@code x[xOffset + k]}; their number is that of the columns of the matrices.
     *
     * @param sharing the matrices that will be multiplied with it; keep the array, it is read and not stored
     * @throws IllegalArgumentException if the matrices differ in their columns
     */
    public void set(float[] x, int xOffset, PackedMatrix... sharing) {
        columns = sharing[0].columns();
        Objects.checkFromIndexSize(xOffset, columns, x.length);
        variantCount = 0;
        for (PackedMatrix matrix : sharing) {
            if (matrix.columns() != columns) {
                throw new IllegalArgumentException("columns " + matrix.columns() + " != " + columns);
            }
            if (find(matrix.inputOrder()) == null) {
                add(x, xOffset, matrix.inputOrder());
            }
        }
    }

    private void add(float[] x, int xOffset, InputOrder order) {
        if (variantCount == variants.length) {
            variants = java.util.Arrays.copyOf(variants, variantCount + 1);
            variants[variantCount] = new Ordered();
        }
        variants[variantCount++].set(x, xOffset, columns, order);
    }

    private Ordered find(InputOrder order) {
        for (int i = 0; i < variantCount; i++) {
            if (Objects.equals(variants[i].order, order)) {
                return variants[i];
            }
        }
        return null;
    }

    /** The input as a matrix wants it. */
    Ordered forMatrix(PackedMatrix matrix) {
        Ordered variant = matrix.columns() == columns ? find(matrix.inputOrder()) : null;
        if (variant == null) {
            throw new IllegalArgumentException("these activations, of " + columns + " columns, were not set for this "
                    + matrix.rows() + " x " + matrix.columns() + " matrix");
        }
        return variant;
    }
}
