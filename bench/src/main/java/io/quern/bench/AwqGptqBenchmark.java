package io.quern.bench;

import io.quern.kernels.Activations;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The comparison that fits a coffee break: AWQ and GPTQ beside Q4_0 and Q8_0, on the linear layers of Yi-6B, with
 * integer activations where the kernels have them, as models run by default.
 */
public class AwqGptqBenchmark extends KernelBenchmark {
    @Param({"Q4_0", "AWQ_4", "AWQ_4_MAPPED", "GPTQ_4", "GPTQ_4_MAPPED", "GPTQ_4_ACT_ORDER", "GPTQ_4_ACT_ORDER_MAPPED",
        "Q8_0", "GPTQ_8", "GPTQ_8_MAPPED"})
    Weights weights;

    /** Query and output; gate and up; down. */
    @Param({"4096x4096", "11008x4096", "4096x11008"})
    String shape;

    @Param("2")
    int threads;

    @Param("256")
    int tokens;

    LinearLayers layers;

    /** For JMH. */
    public AwqGptqBenchmark() {}

    @Setup
    public void open() {
        layers = new LinearLayers(weights, LayerShape.of(shape), threads, tokens, Activations.Precision.INTEGER);
    }

    @TearDown
    public void close() {
        layers.close();
    }

    /** One token. */
    @Benchmark
    public float[] decode(Work work) {
        return layers.multiply(1, work);
    }

    /** A batch of tokens. */
    @Benchmark
    public float[] prefill(Work work) {
        return layers.multiply(tokens, work);
    }
}
