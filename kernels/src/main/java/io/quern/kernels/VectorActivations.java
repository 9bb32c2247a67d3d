package io.quern.kernels;

import java.util.Arrays;
import java.util.Objects;

/**
 * The input of a matrix-vector product, prepared once for all matrices that share it (query, key and value; gate and
 * up) and all workers: in every form that these matrices want, padded, with the sums of its blocks.
 *
 * <p>Use: {@link #set} by one thread, then (after a barrier) any number of products by any threads. {@link #set}
 * allocates only when an input is longer, or has more forms, than any before.
 */
public final class VectorActivations {
    private Prepared[] variants = {new Prepared()};
    private int variantCount;
    private int columns;

    /** The matrices of the last {@link #set}, and what each of them is multiplied with. */
    private PackedMatrix[] matrices = new PackedMatrix[0];
    private Prepared[] variantOf = new Prepared[0];
    private int matrixCount;

    /** Empty until {@link #set}. */
    public VectorActivations() {}

    /** The input in one form. */
    static final class Prepared {
        private InputForm form;

        /** Inputs in the form's order, padded by zeros to a multiple of 32. */
        private float[] ordered = new float[0];

        /** What kernels multiply by, see {@link FloatTerms}. */
        float[] values = new float[0];

        /** Sums of the inputs of each block, not multiplied, and one zero more. */
        float[] sums = new float[0];

        /** The inputs as integers where the form wants them; then {@link #values} and {@link #sums} are not set. */
        final IntegerInput integers = new IntegerInput();

        private void set(float[] x, int xOffset, int columns, InputForm form) {
            this.form = form;
            int padded = Chunks.padded(columns);
            order(x, xOffset, columns, padded);
            if (form.integers() != null) {
                integers.set(ordered, padded, form);
                return;
            }
            int valueCount = padded / CodePlane.UNIT * 2 * form.floats().count();
            if (values.length < valueCount) {
                values = new float[valueCount];
            }
            form.floats().values(ordered, padded, values);
            int blocks = Chunks.ceilDiv(padded, form.blockInputs());
            if (sums.length < blocks + 1) {
                sums = new float[blocks + 1];
            }
            for (int block = 0; block < blocks; block++) {
                int from = block * form.blockInputs();
                sums[block] = sum(ordered, from, Math.min(from + form.blockInputs(), padded));
            }
            sums[blocks] = 0;
        }

        private void order(float[] x, int xOffset, int columns, int padded) {
            if (ordered.length < padded) {
                ordered = new float[padded];
            }
            if (form.order() == null) {
                System.arraycopy(x, xOffset, ordered, 0, columns);
            } else {
                form.order().gather(x, xOffset, ordered, 0);
            }
            Arrays.fill(ordered, columns, padded, 0);
        }

        boolean isInteger() {
            return form.integers() != null;
        }

        /** Four chains, since additions take several cycles each; in doubles, so that the sum is rounded once. */
        private static float sum(float[] x, int from, int limit) {
            double a = 0;
            double b = 0;
            double c = 0;
            double d = 0;
            for (int k = from; k < limit; k += 4) {
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
     * @param precision what products are computed with
     * @param sharing the matrices that will be multiplied with it; keep the array, it is read and not stored
     * @throws IllegalArgumentException if the matrices differ in their columns
     */
    public void set(float[] x, int xOffset, Activations.Precision precision, PackedMatrix... sharing) {
        columns = sharing[0].columns();
        Objects.checkFromIndexSize(xOffset, columns, x.length);
        if (matrices.length < sharing.length) {
            matrices = new PackedMatrix[sharing.length];
            variantOf = new Prepared[sharing.length];
        }
        variantCount = 0;
        matrixCount = 0;
        for (PackedMatrix matrix : sharing) {
            if (matrix.columns() != columns) {
                throw new IllegalArgumentException("columns " + matrix.columns() + " != " + columns);
            }
            InputForm form = matrix.inputForm(precision);
            Prepared variant = find(form);
            matrices[matrixCount] = matrix;
            variantOf[matrixCount++] = variant == null ? add(x, xOffset, form) : variant;
        }
    }

    private Prepared add(float[] x, int xOffset, InputForm form) {
        if (variantCount == variants.length) {
            variants = Arrays.copyOf(variants, variantCount + 1);
            variants[variantCount] = new Prepared();
        }
        Prepared variant = variants[variantCount++];
        variant.set(x, xOffset, columns, form);
        return variant;
    }

    private Prepared find(InputForm form) {
        for (int i = 0; i < variantCount; i++) {
            if (form.matches(variants[i].form)) {
                return variants[i];
            }
        }
        return null;
    }

    /**
     * The input as a matrix wants it. Asked for each piece of work, so that forms are not compared again: an order is
     * as long as the input.
     */
    Prepared forMatrix(PackedMatrix matrix) {
        for (int i = 0; i < matrixCount; i++) {
            if (matrices[i] == matrix) {
                return variantOf[i];
            }
        }
        throw new IllegalArgumentException("these activations, of " + columns + " columns, were not set for this "
                + matrix.rows() + " x " + matrix.columns() + " matrix");
    }
}
