package io.quern.bench;

import io.quern.kernels.Activations;
import io.quern.kernels.PackedMatrix;
import io.quern.model.LinearGroup;
import io.quern.model.LinearProduct;
import io.quern.model.Workers;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Random linear layers of one shape, multiplied as the forward pass multiplies them: by {@link LinearProduct}, spread
 * over {@link Workers}.
 *
 * <p>A layer too large for the inner caches has enough copies for none to be in any cache when its turn comes, as the
 * layers of a model follow each other; a small one stays where it is.
 */
final class LinearLayers implements AutoCloseable {
    /** Bytes of all copies: several times a last-level cache. */
    private static final long WORKING_SET = 256L << 20;

    /** As the program does with large models. */
    private static final int FEW_TOKENS = 8;

    private final Arena arena = Arena.ofShared();
    private final Workers workers;
    private final LinearProduct product;
    private final List<LinearGroup> copies = new ArrayList<>();
    private final LayerShape shape;
    private final float[] x;
    private final float[] y;
    private int next;

    /**
     * Makes as many copies as the shape wants.
     *
     * @param tokens the most that will be multiplied at once
     */
    LinearLayers(Weights weights, LayerShape shape, int threads, int tokens, Activations.Precision precision) {
        this(weights, shape, threads, tokens, precision, shape.comesFromMemory() ? WORKING_SET : 1);
    }

    /** As the other, with copies that take so many bytes or more. */
    LinearLayers(Weights weights, LayerShape shape, int threads, int tokens, Activations.Precision precision,
            long workingSet) {
        this.shape = shape;
        x = RandomInputs.uniform(tokens * shape.columns(), KernelBenchmark.SEED);
        y = new float[tokens * shape.rows()];
        Arrays.fill(y, Float.NaN); // an output left out is seen
        do {
            PackedMatrix matrix = weights.matrix(shape.rows(), shape.columns(), seed(copies.size()), arena);
            copies.add(new LinearGroup(new PackedMatrix[] {matrix}, new float[1][]));
        } while (copies.size() * weightBytes() < workingSet);
        workers = new Workers(threads);
        product = new LinearProduct(workers, precision, shape.columns(), FEW_TOKENS);
        product.reserve(tokens);
    }

    /** What {@link Weights#random} makes a copy of. */
    static long seed(int copy) {
        return KernelBenchmark.SEED + copy;
    }

    int copyCount() {
        return copies.size();
    }

    /** Multiplies the next copy with so many tokens: {@code y[t * rows + r]}, overwritten by the next call. */
    float[] multiply(int tokens, Work work) {
        product.multiply(copies.get(next), x, tokens, y);
        next = next + 1 < copies.size() ? next + 1 : 0;
        work.add(shape.weights() * tokens, weightBytes());
        return y;
    }

    private long weightBytes() {
        return copies.getFirst().byteSize();
    }

    @Override
    public void close() {
        workers.close();
        arena.close();
    }
}
