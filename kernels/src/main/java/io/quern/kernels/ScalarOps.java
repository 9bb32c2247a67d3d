package io.quern.kernels;

/**
 * The scalar twins of {@link RmsNorm}, {@link RotaryEmbedding}, {@link SiLu}, {@link Residual} and
 * {@link Attention}: plain loops, sums in double, what the vector kernels are compared with. Not for use at run time.
 */
public final class ScalarOps {
    private ScalarOps() {}

    /** Twin of {@link RmsNorm#row}. */
    public static void rmsNorm(float[] x, int xOffset, float[] weight, float epsilon, float[] y, int yOffset,
            int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) x[xOffset + i] * x[xOffset + i];
        }
        double factor = 1 / Math.sqrt(sum / length + epsilon);
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (float) (weight[i] * (x[xOffset + i] * factor));
        }
    }

    /** Twin of {@link RotaryEmbedding#rotate} for one head, from the frequencies themselves. */
    public static void rotate(float[] x, int offset, double[] frequencies, double magnitude, int position,
            RotaryEmbedding.Layout layout) {
        boolean halves = layout == RotaryEmbedding.Layout.HALVES;
        for (int i = 0; i < frequencies.length; i++) {
            int first = offset + (halves ? i : 2 * i);
            int second = halves ? first + frequencies.length : first + 1;
            double cos = magnitude * Math.cos(position * frequencies[i]);
            double sin = magnitude * Math.sin(position * frequencies[i]);
            double a = x[first];
            double b = x[second];
            x[first] = (float) (a * cos - b * sin);
            x[second] = (float) (b * cos + a * sin);
        }
    }

    /** Twin of {@link SiLu#gate}. */
    public static void siluGate(float[] gate, int gateOffset, float[] up, int upOffset, float[] h, int hOffset,
            int length) {
        for (int i = 0; i < length; i++) {
            double g = gate[gateOffset + i];
            h[hOffset + i] = (float) (g / (1 + Math.exp(-g)) * up[upOffset + i]);
        }
    }

    /** Twin of {@link Residual#add}. */
    public static void add(float[] x, int xOffset, float[] delta, int deltaOffset, int length) {
        for (int i = 0; i < length; i++) {
            x[xOffset + i] += delta[deltaOffset + i];
        }
    }

    /**
     * Twin of {@link Attention} for one head of one token: query at {@code q[qOffset]}, keys and values as the cache
     * holds them, positions {@code firstVisible <= i <= position}.
     */
    public static void attention(KvCache cache, int layer, int kvHead, int firstVisible, int position,
            float[] q, int qOffset, float[] out, int outOffset) {
        int headSize = cache.headSize();
        int count = position + 1 - firstVisible;
        double[] scores = new double[count];
        double maximum = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            for (int d = 0; d < headSize; d++) {
                scores[i] += (double) q[qOffset + d] * cache.key(layer, kvHead, firstVisible + i, d);
            }
            scores[i] /= Math.sqrt(headSize);
            maximum = Math.max(maximum, scores[i]);
        }
        double total = 0;
        for (int i = 0; i < count; i++) {
            scores[i] = Math.exp(scores[i] - maximum);
            total += scores[i];
        }
        for (int d = 0; d < headSize; d++) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += scores[i] * cache.value(layer, kvHead, firstVisible + i, d);
            }
            out[outOffset + d] = (float) (sum / total);
        }
    }
}
