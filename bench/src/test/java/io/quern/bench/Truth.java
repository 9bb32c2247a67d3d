package io.quern.bench;

import io.quern.kernels.Activations;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import io.quern.kernels.LinearWeights;
import io.quern.kernels.PeakKernels;
import io.quern.kernels.ScalarOps;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * What a benchmark must compute, from definitions in double precision.
 *
 * @param limits by how much each value may be off
 */
record Truth(double[] values, double[] limits) {
    /** Of an f32 product, relative to the sum of the magnitudes of what is added. */
    private static final double F32 = 1e-5;

    /**
     * Inputs between -1 and 1 become integers in steps of at most 1/127, with codes of 6 bits in the matrix-vector
     * kernel; with smaller codes, and in the other kernel, in smaller ones. Errors are spread evenly over a step: this
     * standard deviation.
     */
    private static final double INTEGER_DEVIATION = 1 / (127 * Math.sqrt(12));

    /** Standard deviations that no sum of such errors reaches. */
    private static final double DEVIATIONS = 6;

    private static final double ROW_KERNELS = 1e-6;
    private static final double ATTENTION = 1e-5;
    private static final double PEAK = 1e-3;

    /** What a method of a benchmark, with its parameters set and open, must return. */
    static Truth of(KernelBenchmark benchmark, String method) {
        return switch (benchmark) {
            case MatrixVectorBenchmark b -> product(b.weights, b.shape, 0, 1, b.precision);
            case MatrixMatrixBenchmark b -> product(b.weights, b.shape, 0, b.tokens, b.precision);
            case AwqGptqBenchmark b -> switch (method) {
                case "decode" -> product(b.weights, b.shape, 0, 1, Activations.Precision.INTEGER);
                case "prefill" -> product(b.weights, b.shape, 0, b.tokens, Activations.Precision.INTEGER);
                default -> throw unknown(method);
            };
            case ScalarProductBenchmark b -> switch (method) {
                case "decode" -> product(b.weights, b.shape, 0, 1, Activations.Precision.F32);
                case "prefill" -> product(b.weights, b.shape, 0, b.tokens, Activations.Precision.F32);
                default -> throw unknown(method);
            };
            case AttentionBenchmark b -> attention(b);
            case RowKernelBenchmark b -> rowKernel(b, method);
            case MachinePeakBenchmark b -> peak(b, method);
            default -> throw unknown(benchmark.getClass().getName());
        };
    }

    private static AssertionError unknown(String name) {
        return new AssertionError("this test does not know what " + name + " must compute");
    }

    /** Of one copy of {@link LinearLayers}. */
    static Truth product(Weights weights, String shapeText, int copy, int tokens, Activations.Precision precision) {
        LayerShape shape = LayerShape.of(shapeText);
        int columns = shape.columns();
        float[] x = RandomInputs.uniform(tokens * columns, KernelBenchmark.SEED);
        double[] values = new double[tokens * shape.rows()];
        double[] limits = new double[values.length];
        float[] row = new float[columns];
        try (Arena arena = Arena.ofConfined()) {
            LinearWeights layer = weights.random(shape.rows(), columns, LinearLayers.seed(copy), arena);
            for (int r = 0; r < shape.rows(); r++) {
                switch (layer) {
                    case BlockWeights blocks -> blocks.dequantizeRow(r, row, 0);
                    case GroupWeights groups -> GroupWeights.dequantizeRow(groups, r, row);
                }
                for (int t = 0; t < tokens; t++) {
                    double magnitudes = 0;
                    double squares = 0;
                    for (int k = 0; k < columns; k++) {
                        double term = (double) row[k] * x[t * columns + k];
                        values[t * shape.rows() + r] += term;
                        magnitudes += Math.abs(term);
                        squares += (double) row[k] * row[k];
                    }
                    boolean integer = precision == Activations.Precision.INTEGER;
                    double rounding = integer ? DEVIATIONS * INTEGER_DEVIATION * Math.sqrt(squares) : 0;
                    limits[t * shape.rows() + r] = F32 * magnitudes + rounding;
                }
            }
        }
        return new Truth(values, limits);
    }

    private static Truth attention(AttentionBenchmark b) {
        int headSize = AttentionBenchmark.HEAD_SIZE;
        int group = AttentionBenchmark.HEADS / AttentionBenchmark.KV_HEADS;
        float[] expected = new float[b.tokens * AttentionBenchmark.WIDTH];
        for (int i = 0; i < expected.length / headSize; i++) {
            int position = b.context - b.tokens + i / AttentionBenchmark.HEADS;
            int kvHead = i % AttentionBenchmark.HEADS / group;
            ScalarOps.attention(b.cache, 0, kvHead, 0, position, b.queries, i * headSize, expected, i * headSize);
        }
        return same(expected.length, ATTENTION, i -> expected[i]);
    }

    private static Truth rowKernel(RowKernelBenchmark b, String method) {
        double[] x = new double[b.length];
        Arrays.setAll(x, i -> b.x[i]);
        return switch (method) {
            case "rmsNorm", "rmsNormScalar" -> {
                double mean = Arrays.stream(x).map(v -> v * v).sum() / b.length;
                yield same(b.length, ROW_KERNELS,
                        i -> b.other[i] * x[i] / Math.sqrt(mean + RowKernelBenchmark.EPSILON));
            }
            case "siluGate", "siluGateScalar" ->
                same(b.length, ROW_KERNELS, i -> x[i] / (1 + Math.exp(-x[i])) * b.other[i]);
            default -> throw unknown(method);
        };
    }

    private static Truth peak(MachinePeakBenchmark b, String method) {
        int chunks = b.chunkCount();
        return switch (method) {
            case "read" -> same(chunks, 0, i -> (int) ((b.limit(i + 1) - b.limit(i)) / Integer.BYTES) * 0x01010101);
            case "multiplyAdd" -> {
                double sum = PeakKernels.roundMultiplyAdds(); // of terms that are one in all
                yield same(chunks, PEAK * sum, i -> sum);
            }
            default -> throw unknown(method);
        };
    }

    private static Truth same(int count, double limit, IntToDoubleFunction value) {
        double[] values = new double[count];
        double[] limits = new double[count];
        Arrays.setAll(values, value);
        Arrays.fill(limits, limit);
        return new Truth(values, limits);
    }
}
