package io.quern.safetensors;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.NormRole;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import io.quern.kernels.LinearWeights;
import java.util.Arrays;

/**
 * The forward pass as formats.md B.3 has it, in doubles, one loop after another: what the real one must compute, for
 * checkpoints of any shape. Rotary embeddings are the unscaled ones in halves.
 */
final class NaiveForwardPass {
    private final Checkpoint checkpoint;
    private final ModelConfig config;

    private NaiveForwardPass(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
    }

    /** Logits {@code [positions][vocabulary]} of a prompt. */
    static double[][] logits(Checkpoint checkpoint, int[] ids) {
        return new NaiveForwardPass(checkpoint).run(ids);
    }

    private double[][] run(int[] ids) {
        double[][] hidden = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            hidden[t] = row(checkpoint.tokenEmbedding(), ids[t]);
        }
        for (int layer = 0; layer < config.layerCount(); layer++) {
            add(hidden, linear(layer, LinearRole.OUTPUT, attention(layer, normed(hidden, layer, NormRole.ATTENTION))));
            double[][] input = normed(hidden, layer, NormRole.FFN);
            double[][] gate = linear(layer, LinearRole.FFN_GATE, input);
            double[][] up = linear(layer, LinearRole.FFN_UP, input);
            for (int t = 0; t < ids.length; t++) {
                for (int i = 0; i < gate[t].length; i++) {
                    gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
                }
            }
            add(hidden, linear(layer, LinearRole.FFN_DOWN, gate));
        }
        for (double[] state : hidden) {
            normalise(state, 0, state.length, checkpoint.outputNorm());
        }
        return product(checkpoint.output().orElse(checkpoint.tokenEmbedding()), hidden);
    }

    private double[][] attention(int layer, double[][] input) {
        int size = config.headSize();
        double[][] queries = rotated(layer, LinearRole.QUERY, NormRole.QUERY, input);
        double[][] keys = rotated(layer, LinearRole.KEY, NormRole.KEY, input);
        double[][] values = linear(layer, LinearRole.VALUE, input);
        int window = config.slidingWindow()[layer];
        double[][] result = new double[input.length][config.headCount() * size];
        for (int t = 0; t < input.length; t++) {
            int first = window == 0 ? 0 : Math.max(0, t - window + 1);
            for (int head = 0; head < config.headCount(); head++) {
                int shared = head / (config.headCount() / config.kvHeadCount()) * size;
                double[] weights = new double[t + 1];
                double sum = 0;
                for (int u = first; u <= t; u++) {
                    double score = 0;
                    for (int i = 0; i < size; i++) {
                        score += queries[t][head * size + i] * keys[u][shared + i];
                    }
                    weights[u] = Math.exp(score / Math.sqrt(size));
                    sum += weights[u];
                }
                for (int u = first; u <= t; u++) {
                    for (int i = 0; i < size; i++) {
                        result[t][head * size + i] += weights[u] / sum * values[u][shared + i];
                    }
                }
            }
        }
        return result;
    }

    private double[][] rotated(int layer, LinearRole role, NormRole norm, double[][] input) {
        double[][] vectors = linear(layer, role, input);
        int size = config.headSize();
        int half = config.rope().dimension() / 2;
        for (int t = 0; t < vectors.length; t++) {
            for (int from = 0; from < vectors[t].length; from += size) {
                if (checkpoint.norm(layer, norm) != null) {
                    normalise(vectors[t], from, size, checkpoint.norm(layer, norm));
                }
                for (int i = 0; i < half; i++) {
                    double angle = t * Math.pow(config.rope().theta(), -(double) i / half);
                    double a = vectors[t][from + i];
                    double b = vectors[t][from + half + i];
                    vectors[t][from + i] = a * Math.cos(angle) - b * Math.sin(angle);
                    vectors[t][from + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
                }
            }
        }
        return vectors;
    }

    private double[][] normed(double[][] hidden, int layer, NormRole role) {
        double[][] copy = new double[hidden.length][];
        for (int t = 0; t < hidden.length; t++) {
            copy[t] = hidden[t].clone();
            normalise(copy[t], 0, copy[t].length, checkpoint.norm(layer, role));
        }
        return copy;
    }

    private void normalise(double[] values, int from, int length, float[] weights) {
        double squares = 0;
        for (int i = 0; i < length; i++) {
            squares += values[from + i] * values[from + i];
        }
        double scale = 1 / Math.sqrt(squares / length + config.normEpsilon());
        for (int i = 0; i < length; i++) {
            values[from + i] *= scale * weights[i];
        }
    }

    private double[][] linear(int layer, LinearRole role, double[][] input) {
        double[][] result = product(checkpoint.linear(layer, role), input);
        float[] bias = checkpoint.bias(layer, role);
        for (double[] row : result) {
            for (int i = 0; bias != null && i < row.length; i++) {
                row[i] += bias[i];
            }
        }
        return result;
    }

    private static double[][] product(LinearWeights weights, double[][] input) {
        double[][] result = new double[input.length][weights.rows()];
        for (int n = 0; n < weights.rows(); n++) {
            double[] row = row(weights, n);
            for (int t = 0; t < input.length; t++) {
                for (int k = 0; k < row.length; k++) {
                    result[t][n] += row[k] * input[t][k];
                }
            }
        }
        return result;
    }

    private static double[] row(LinearWeights weights, int row) {
        float[] values = new float[weights.columns()];
        switch (weights) {
            case BlockWeights blocks -> blocks.type()
                    .dequantize(blocks.data(), row * blocks.rowBytes(), values, 0, values.length);
            case GroupWeights groups -> GroupWeights.dequantizeRow(groups, row, values);
        }
        double[] result = new double[values.length];
        Arrays.setAll(result, i -> values[i]);
        return result;
    }

    private static void add(double[][] target, double[][] more) {
        for (int t = 0; t < target.length; t++) {
            for (int i = 0; i < target[t].length; i++) {
                target[t][i] += more[t][i];
            }
        }
    }
}
