package io.quern.cli;

import io.quern.GenerationOptions;
import io.quern.ModelOptions;
import io.quern.QuernException;
import io.quern.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that {@code chat} and {@code run} share. What is not given is as the library has it. */
final class AnswerOptions {
    @Option(names = {"-n", "--max-tokens"}, paramLabel = "N",
            description = "End the answer after so many tokens. Default: when the context is full.")
    private Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "T",
            description = "0 always takes the likeliest token, more is more varied. Default: the model's own, else 0.8.")
    private Float temperature;

    @Option(names = "--top-k", paramLabel = "K",
            description = "Choose among the K likeliest tokens; 0: all. Default: the model's own, else 40.")
    private Integer topK;

    @Option(names = "--top-p", paramLabel = "P",
            description = "Choose among the likeliest tokens that together have this probability. Default: the model's own, else 0.95.")
    private Float topP;

    @Option(names = "--min-p", paramLabel = "P",
            description = "Leave out tokens less likely than this share of the likeliest one. Default: the model's own, else 0.05.")
    private Float minP;

    @Option(names = "--seed", paramLabel = "SEED",
            description = "Seed of the random numbers: the same seed gives the same answer.")
    private Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End the answer before this text. May be repeated.")
    private List<String> stop = new ArrayList<>();

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with. Default: one for each core.")
    private Integer threads;

    @Option(names = "--context", paramLabel = "N",
            description = "Tokens to make room for, prompt and answer together. Default: what the model was made for.")
    private Integer contextLength;

    @Option(names = "--activations", paramLabel = "KIND", defaultValue = "default",
            description = "f32: exact arithmetic throughout, long prompts too. Default: ${DEFAULT-VALUE}.")
    private String activations;

    @Option(names = "--weights", paramLabel = "WHERE", defaultValue = "auto",
            description = "packed: reordered while loading. mapped: multiplied from the mapped files as they are, for"
                    + " GPTQ (4 and 8 bits) and AWQ; loads at once. auto: what computes fastest. Default: ${DEFAULT-VALUE}.")
    private String weights;

    /** Refuses values out of range: before the model is loaded. */
    void check() {
        check("-n", maxTokens, maxTokens == null || maxTokens >= 1, "1 or more");
        check("--temperature", temperature, temperature == null || temperature >= 0 && Float.isFinite(temperature),
                "0 or more");
        check("--top-k", topK, topK == null || topK >= 0, "0 or more");
        check("--top-p", topP, topP == null || topP >= 0 && topP <= 1, "0 to 1");
        check("--min-p", minP, minP == null || minP >= 0 && minP <= 1, "0 to 1");
        check("--stop", "\"\"", !stop.contains(""), "a text");
    }

    /** @param defaults what the model's makers want where no option is given */
    GenerationOptions generation(SamplingOptions defaults) {
        SamplingOptions sampling = defaults;
        sampling = temperature == null ? sampling : sampling.withTemperature(temperature);
        sampling = topK == null ? sampling : sampling.withTopK(topK);
        sampling = topP == null ? sampling : sampling.withTopP(topP);
        sampling = minP == null ? sampling : sampling.withMinP(minP);
        sampling = seed == null ? sampling : sampling.withSeed(seed);
        return GenerationOptions.defaults().withMaxTokens(maxTokens == null ? 0 : maxTokens).withSampling(sampling)
                .withStopStrings(stop);
    }

    /** How to load; checked. */
    ModelOptions model() {
        check("--threads", threads, threads == null || threads >= 1 && threads <= 1024, "1 to 1024");
        check("--context", contextLength, contextLength == null || contextLength >= 1, "1 or more");
        return ModelOptions.defaults().withThreads(threads == null ? 0 : threads)
                .withContextLength(contextLength == null ? 0 : contextLength)
                .withActivations(Precisions.parse(activations))
                .withWeights(WeightStorages.parse(weights));
    }

    private static void check(String option, Object value, boolean valid, String expected) {
        if (!valid) {
            throw new QuernException(option + ": " + value + " given, expected " + expected);
        }
    }
}
