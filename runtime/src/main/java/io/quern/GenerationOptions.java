package io.quern;

import java.util.List;

/**
 * How text is generated. Immutable; start from {@link #defaults}.
 *
 * @param maxTokens tokens to generate at most; 0 = until the context is full
 * @param sampling how tokens are drawn; null: as the model's makers want it, {@link Model#samplingDefaults}
 * @param stopStrings texts that end the generation; they are not part of the result
 */
public record GenerationOptions(int maxTokens, SamplingOptions sampling, List<String> stopStrings) {
    public GenerationOptions {
        if (maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens " + maxTokens + " is negative");
        }
        stopStrings = List.copyOf(stopStrings);
        if (stopStrings.contains("")) {
            throw new IllegalArgumentException("a stop string is empty");
        }
    }

    /** No limit but the context, the model's own sampling, no stop strings. */
    public static GenerationOptions defaults() {
        return new GenerationOptions(0, null, List.of());
    }

    public GenerationOptions withMaxTokens(int maxTokens) {
        return new GenerationOptions(maxTokens, sampling, stopStrings);
    }

    public GenerationOptions withSampling(SamplingOptions sampling) {
        return new GenerationOptions(maxTokens, sampling, stopStrings);
    }

    public GenerationOptions withStopStrings(List<String> stopStrings) {
        return new GenerationOptions(maxTokens, sampling, stopStrings);
    }
}
