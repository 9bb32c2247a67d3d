package io.quern.bench;

import io.quern.kernels.Activations;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Decode: one token through one linear layer, in the caches or from memory. */
public class MatrixVectorBenchmark extends KernelBenchmark {
    @Param
    Weights weights;

    /** In the first-level cache or nearly, in the second, and the linear layers of Yi-6B, which come from memory. */
    @Param({"256x256", "1024x1024", "4096x4096", "11008x4096", "4096x11008"})
    String shape;

    @Param({"1", "2"})
    int threads;

    @Param
    Activations.Precision precision;

    LinearLayers layers;

    /** For JMH. */
    public MatrixVectorBenchmark() {}

    @Setup
    public void open() {
        layers = new LinearLayers(weights, LayerShape.of(shape), threads, 1, precision);
    }

    @TearDown
    public void close() {
        layers.close();
    }

    @Benchmark
    public float[] decode(Work work) {
        return layers.multiply(1, work);
    }
}
