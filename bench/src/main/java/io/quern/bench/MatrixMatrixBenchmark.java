package io.quern.bench;

import io.quern.kernels.Activations;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Prefill: a batch of tokens through one linear layer. */
public class MatrixMatrixBenchmark extends KernelBenchmark {
    @Param
    Weights weights;

    /** See {@link MatrixVectorBenchmark}. */
    @Param({"256x256", "1024x1024", "4096x4096", "11008x4096", "4096x11008"})
    String shape;

    @Param({"1", "2"})
    int threads;

    @Param("256")
    int tokens;

    @Param
    Activations.Precision precision;

    LinearLayers layers;

    /** For JMH. */
    public MatrixMatrixBenchmark() {}

    @Setup
    public void open() {
        layers = new LinearLayers(weights, LayerShape.of(shape), threads, tokens, precision);
    }

    @TearDown
    public void close() {
        layers.close();
    }

    @Benchmark
    public float[] prefill(Work work) {
        return layers.multiply(tokens, work);
    }
}
