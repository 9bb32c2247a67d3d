package io.quern;

import java.util.function.DoubleConsumer;

/**
 * How a model is loaded. Immutable; start from {@link #defaults} and change what matters.
 *
 * @param threads worker threads, the calling one included; 0 = one for each physical core
 * @param contextLength positions that a session can hold; 0 = what the model was made for
 * @param activations precision of the inputs of matrix products in prefill
 * @param weights where the weights of linear layers live
 * @param progress told the loaded share, 0 to 1, from the loading thread; may be null
 */
public record ModelOptions(int threads, int contextLength, ActivationPrecision activations, WeightStorage weights,
        DoubleConsumer progress) {
    public ModelOptions {
        if (threads < 0 || threads > 1024) {
            throw new IllegalArgumentException("threads " + threads + " is not in 0..1024");
        }
        if (contextLength < 0) {
            throw new IllegalArgumentException("contextLength " + contextLength + " is negative");
        }
    }

    /** All cores, the model's own context, the default precision, no progress. */
    public static ModelOptions defaults() {
        return new ModelOptions(0, 0, ActivationPrecision.DEFAULT, WeightStorage.AUTO, null);
    }

    public ModelOptions withThreads(int threads) {
        return new ModelOptions(threads, contextLength, activations, weights, progress);
    }

    public ModelOptions withContextLength(int contextLength) {
        return new ModelOptions(threads, contextLength, activations, weights, progress);
    }

    public ModelOptions withActivations(ActivationPrecision activations) {
        return new ModelOptions(threads, contextLength, activations, weights, progress);
    }

    public ModelOptions withWeights(WeightStorage weights) {
        return new ModelOptions(threads, contextLength, activations, weights, progress);
    }

    public ModelOptions withProgress(DoubleConsumer progress) {
        return new ModelOptions(threads, contextLength, activations, weights, progress);
    }
}
