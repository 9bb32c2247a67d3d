package io.quern.model;

import io.quern.kernels.Activations;
import io.quern.kernels.PackedMatrix;
import io.quern.kernels.Residual;
import io.quern.kernels.Scratch;
import io.quern.kernels.VectorActivations;

/**
 * Products of linear layers with one token or with many, spread over the workers. Belongs to one session; allocates
 * nothing once it has seen its largest batch.
 */
public final class LinearProduct {
    private final Workers workers;
    private final Activations.Precision precision;
    private final int maxColumns;
    private final Scratch[] scratch; // by worker
    private final VectorActivations[] few;
    private Activations batch;

    private LinearGroup group;
    private float[] input;
    private int tokens;
    private final float[][] outputs = new float[3][];

    private final Workers.Task prepareFewTask = this::prepareFew;
    private final Workers.Task fewTask = this::multiplyFew;
    private final Workers.Task prepareTask = this::prepare;
    private final Workers.Task matrixTask = this::multiplyMatrix;

    /**
     * @param precision of all products
     * @param maxColumns inputs of the widest layer
     * @param fewTokens so many are multiplied one after the other with the rows of each piece of work, which stay in
     *     the cache; for more the rows are unpacked
     */
    public LinearProduct(Workers workers, Activations.Precision precision, int maxColumns, int fewTokens) {
        this.workers = workers;
        this.precision = precision;
        this.maxColumns = maxColumns;
        this.scratch = new Scratch[workers.threadCount()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
        this.few = new VectorActivations[fewTokens];
        for (int i = 0; i < fewTokens; i++) {
            few[i] = new VectorActivations();
        }
    }

    /** Makes room for batches of so many tokens. */
    public void reserve(int count) {
        if (count > few.length) {
            batch = new Activations(count, maxColumns);
        }
    }

    /** {@code output = W x + bias} for all rows of all matrices of the group and so many rows of x. */
    public void multiply(LinearGroup group, float[] x, int tokens, float[] output) {
        outputs[0] = output;
        multiply(group, x, tokens);
    }

    /** As the other, for a group of two matrices. */
    public void multiply(LinearGroup group, float[] x, int tokens, float[] output0, float[] output1) {
        outputs[1] = output1;
        multiply(group, x, tokens, output0);
    }

    /** As the other, for a group of three matrices. */
    public void multiply(LinearGroup group, float[] x, int tokens, float[] output0, float[] output1, float[] output2) {
        outputs[2] = output2;
        multiply(group, x, tokens, output0, output1);
    }

    private void multiply(LinearGroup group, float[] x, int tokens) {
        this.group = group;
        this.input = x;
        this.tokens = tokens;
        if (tokens <= few.length) {
            workers.run(tokens, prepareFewTask);
            workers.run(group.chunkCount(), fewTask);
        } else {
            batch.reset(tokens, precision, group.matrices);
            workers.run(batch.units(), prepareTask);
            workers.run(group.chunkCount(), matrixTask);
        }
    }

    private void prepareFew(int token, int worker) {
        few[token].set(input, token * group.columns(), precision, group.matrices);
    }

    private void multiplyFew(int chunk, int worker) {
        int index = group.matrixOf(chunk);
        PackedMatrix matrix = group.matrices[index];
        for (int token = 0; token < tokens; token++) {
            matrix.multiplyVector(few[token], scratch[worker], outputs[index], token * matrix.rows(),
                    group.fromRow(chunk), group.rowLimit(chunk));
        }
        addBias(index, chunk);
    }

    private void prepare(int unit, int worker) {
        batch.prepare(input, 0, group.columns(), unit, unit + 1);
    }

    private void multiplyMatrix(int chunk, int worker) {
        int index = group.matrixOf(chunk);
        PackedMatrix matrix = group.matrices[index];
        matrix.multiplyMatrix(
                batch, outputs[index], 0, matrix.rows(), group.fromRow(chunk), group.rowLimit(chunk), scratch[worker]);
        addBias(index, chunk);
    }

    private void addBias(int index, int chunk) {
        float[] bias = group.bias(index);
        if (bias != null) {
            int from = group.fromRow(chunk);
            for (int t = 0; t < tokens; t++) {
                int row = t * group.matrices[index].rows() + from;
                Residual.add(outputs[index], row, bias, from, group.rowLimit(chunk) - from);
            }
        }
    }
}
