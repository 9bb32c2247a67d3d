package io.quern.bench;

import io.quern.kernels.RmsNorm;
import io.quern.kernels.ScalarOps;
import io.quern.kernels.SiLu;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What happens to rows between the products, each beside its scalar twin. SiLU is bound by the exponential.
 */
// Uncompiled, a row takes milliseconds, and C2 wants tens of thousands of steps first.
@Warmup(iterations = 6, time = 1)
public class RowKernelBenchmark extends KernelBenchmark {
    static final float EPSILON = 1e-5f;

    /** Embedding and feed-forward of Yi-6B, and a long row. */
    @Param({"4096", "11008", "64000"})
    int length;

    float[] x;
    float[] other;
    private float[] y;

    /** For JMH. */
    public RowKernelBenchmark() {}

    @Setup
    public void open() {
        x = RandomInputs.uniform(length, SEED);
        other = RandomInputs.uniform(length, SEED + 1);
        y = new float[length];
    }

    @Benchmark
    public float[] rmsNorm(Work work) {
        RmsNorm.row(x, 0, other, EPSILON, y, 0, length);
        return counted(work);
    }

    @Benchmark
    public float[] rmsNormScalar(Work work) {
        ScalarOps.rmsNorm(x, 0, other, EPSILON, y, 0, length);
        return counted(work);
    }

    @Benchmark
    public float[] siluGate(Work work) {
        SiLu.gate(x, 0, other, 0, y, 0, length);
        return counted(work);
    }

    @Benchmark
    public float[] siluGateScalar(Work work) {
        ScalarOps.siluGate(x, 0, other, 0, y, 0, length);
        return counted(work);
    }

    /** Two rows are read and one is written. */
    private float[] counted(Work work) {
        work.add(0, 3L * Float.BYTES * length);
        return y;
    }
}
