package io.quern.bench;

import io.quern.kernels.PackedMatrix;
import io.quern.kernels.ScalarMatrixProduct;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The scalar twin of the products, in one thread and at a small shape: what the vector kernels of {@link
 * MatrixVectorBenchmark} and {@link MatrixMatrixBenchmark} gain.
 */
public class ScalarProductBenchmark extends KernelBenchmark {
    @Param
    Weights weights;

    @Param("256x256")
    String shape;

    @Param("16")
    int tokens;

    private final Arena arena = Arena.ofShared();
    private PackedMatrix matrix;
    private float[] x;

    /** For JMH. */
    public ScalarProductBenchmark() {}

    @Setup
    public void open() {
        LayerShape size = LayerShape.of(shape);
        matrix = weights.matrix(size.rows(), size.columns(), SEED, arena);
        x = RandomInputs.uniform(tokens * size.columns(), SEED);
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    public double[] decode(Work work) {
        return multiply(1, work);
    }

    @Benchmark
    public double[] prefill(Work work) {
        return multiply(tokens, work);
    }

    private double[] multiply(int count, Work work) {
        work.add((long) matrix.rows() * matrix.columns() * count, matrix.byteSize());
        return ScalarMatrixProduct.multiply(matrix, x, count);
    }
}
