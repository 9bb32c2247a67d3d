package io.quern.cli;

import io.quern.QuernException;
import io.quern.WeightStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The options that {@code chat} and {@code run} share. */
final class GenerationOptions {
    @Option(names = {"-n", "--max-tokens"}, paramLabel = "N",
            description = "End the answer after so many tokens. Default: when the context is full.")
    private Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.7",
            description = "0 always takes the likeliest token, more is more varied. Default: ${DEFAULT-VALUE}.")
    private float temperature;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "40",
            description = "Choose among the K likeliest tokens; 0: all. Default: ${DEFAULT-VALUE}.")
    private int topK;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "0.95",
            description = "Choose among the likeliest tokens that together have this probability. Default: ${DEFAULT-VALUE}.")
    private float topP;

    @Option(names = "--min-p", paramLabel = "P", defaultValue = "0.05",
            description = "Leave out tokens less likely than this share of the likeliest one. Default: ${DEFAULT-VALUE}.")
    private float minP;

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

    @Option(names = "--weights", paramLabel = "WHERE", defaultValue = "auto",
            description = "packed: reordered in memory while loading. mapped: multiplied from the mapped files as they are, which"
                    + " starts at once and takes no memory, for GPTQ (4 and 8 bits) and AWQ. auto: what is fastest. Default:"
                    + " ${DEFAULT-VALUE}.")
    private String weights;

    /** Checked. */
    GenerationSettings settings() {
        check("-n", maxTokens, maxTokens == null || maxTokens >= 1, "1 or more");
        check("--temperature", temperature, temperature >= 0 && Float.isFinite(temperature), "0 or more");
        check("--top-k", topK, topK >= 0, "0 or more");
        check("--top-p", topP, topP > 0 && topP <= 1, "more than 0 and at most 1");
        check("--min-p", minP, minP >= 0 && minP < 1, "at least 0 and less than 1");
        for (String text : stop) {
            if (text.isEmpty()) {
                throw new QuernException("--stop: the text is empty");
            }
        }
        return new GenerationSettings(maxTokens == null ? -1 : maxTokens, temperature, topK, topP, minP,
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed), List.copyOf(stop));
    }

    /** Checked; {@code model} may be null for the embedded model. */
    LoadSettings load(Path model) {
        check("--threads", threads, threads == null || threads >= 1 && threads <= 1024, "1 to 1024");
        check("--context", contextLength, contextLength == null || contextLength >= 1, "1 or more");
        return new LoadSettings(Optional.ofNullable(model), threads == null ? 0 : threads,
                contextLength == null ? 0 : contextLength, weights());
    }

    private WeightStorage weights() {
        for (WeightStorage storage : WeightStorage.values()) {
            if (weights.equals(storage.name().toLowerCase(Locale.ROOT))) {
                return storage;
            }
        }
        throw new QuernException("--weights: " + weights + " given, expected auto, packed or mapped");
    }

    private static void check(String option, Object value, boolean valid, String expected) {
        if (!valid) {
            throw new QuernException(option + ": " + value + " given, expected " + expected);
        }
    }
}
