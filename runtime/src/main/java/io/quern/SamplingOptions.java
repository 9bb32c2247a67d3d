package io.quern;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How the next token is drawn from the logits. Immutable; start from {@link #defaults()} or {@link #greedy()} and
 * change what should differ.
 *
 * <p>The steps apply in this order, which is llama.cpp's: logit bias, penalties, top-k, typical, top-p, min-p,
 * temperature, draw. Probabilities that top-p, min-p and typical look at are those before the temperature. At
 * temperature 0 the likeliest token after bias and penalties is taken (of equals the lowest id), whatever the filters.
 *
 * @param temperature divides the logits; 0 is greedy. Finite, at least 0
 * @param topK keep that many of the likeliest tokens; 0 keeps all
 * @param topP keep the fewest likeliest tokens whose probabilities sum to at least this; 0 to 1, 1 keeps all
 * @param minP drop tokens less likely than this share of the likeliest one; 0 to 1, 0 keeps all
 * @param typicalP keep the tokens whose surprise is nearest to the expected one, up to this sum of probabilities; above
 *     0 to 1, 1 keeps all
 * @param repetitionPenalty divides positive logits of tokens in the window and multiplies negative ones; above 0, 1 is
 *     off
 * @param presencePenalty taken from the logit of each token in the window; 0 is off
 * @param frequencyPenalty taken from the logit once for each time the token stands in the window; 0 is off
 * @param penaltyWindow how many of the last tokens the penalties look at; 0 is none, -1 all
 * @param seed of the random numbers: the same seed gives the same draws; empty takes another one each time
 * @param logitBias added to the logits of these token ids; negative infinity forbids a token
 */
public record SamplingOptions(float temperature, int topK, float topP, float minP, float typicalP,
        float repetitionPenalty, float presencePenalty, float frequencyPenalty, int penaltyWindow, OptionalLong seed,
        Map<Integer, Float> logitBias) {
    private static final SamplingOptions DEFAULTS = new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 1, 1, 0, 0, 64,
            OptionalLong.empty(), Map.of());

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException naming the option, its range and what was found
     */
    public SamplingOptions {
        Objects.requireNonNull(seed, "seed");
        check(temperature >= 0 && Float.isFinite(temperature), "temperature", "0 or more", temperature);
        check(topK >= 0, "top-k", "0 or more", topK);
        check(topP >= 0 && topP <= 1, "top-p", "0 to 1", topP);
        check(minP >= 0 && minP <= 1, "min-p", "0 to 1", minP);
        check(typicalP > 0 && typicalP <= 1, "typical-p", "above 0, at most 1", typicalP);
        check(repetitionPenalty > 0 && Float.isFinite(repetitionPenalty), "repetition penalty", "above 0",
                repetitionPenalty);
        check(Float.isFinite(presencePenalty), "presence penalty", "a finite number", presencePenalty);
        check(Float.isFinite(frequencyPenalty), "frequency penalty", "a finite number", frequencyPenalty);
        check(penaltyWindow >= -1, "penalty window", "-1 or more", penaltyWindow);
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((token, bias) -> {
            check(token >= 0, "logit bias", "token ids of 0 or more", token);
            check(bias < Float.POSITIVE_INFINITY, "logit bias of token " + token, "a number or negative infinity",
                    bias);
        });
    }

    private static void check(boolean holds, String option, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(option + ": expected " + expected + ", found " + found);
        }
    }

    /**
     * Temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, no penalties (window 64), a new seed each time: llama.cpp's.
     */
    public static SamplingOptions defaults() {
        return DEFAULTS;
    }

    /** Temperature 0: always the likeliest token. */
    public static SamplingOptions greedy() {
        return DEFAULTS.withTemperature(0);
    }

    public SamplingOptions withTemperature(float value) {
        return new SamplingOptions(value, topK, topP, minP, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withTopK(int value) {
        return new SamplingOptions(temperature, value, topP, minP, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withTopP(float value) {
        return new SamplingOptions(temperature, topK, value, minP, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withMinP(float value) {
        return new SamplingOptions(temperature, topK, topP, value, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withTypicalP(float value) {
        return new SamplingOptions(temperature, topK, topP, minP, value, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withRepetitionPenalty(float value) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, value, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withPresencePenalty(float value) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repetitionPenalty, value,
                frequencyPenalty, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withFrequencyPenalty(float value) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repetitionPenalty, presencePenalty,
                value, penaltyWindow, seed, logitBias);
    }

    public SamplingOptions withPenaltyWindow(int value) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, value, seed, logitBias);
    }

    public SamplingOptions withSeed(long value) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, OptionalLong.of(value), logitBias);
    }

    public SamplingOptions withLogitBias(Map<Integer, Float> value) {
        return new SamplingOptions(temperature, topK, topP, minP, typicalP, repetitionPenalty, presencePenalty,
                frequencyPenalty, penaltyWindow, seed, value);
    }
}
