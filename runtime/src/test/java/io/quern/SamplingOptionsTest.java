package io.quern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SamplingOptionsTest {
    private static final SamplingOptions OPTIONS = SamplingOptions.defaults();

    private static void refuses(String option, Executable change) {
        String message = assertThrows(IllegalArgumentException.class, change).getMessage();
        assertTrue(message.startsWith(option) && message.contains("expected") && message.contains("found"), message);
    }

    @Test
    void valuesOutsideTheirRangesAreRefused() {
        refuses("temperature", () -> OPTIONS.withTemperature(-0.1f));
        refuses("temperature", () -> OPTIONS.withTemperature(Float.NaN));
        refuses("temperature", () -> OPTIONS.withTemperature(Float.POSITIVE_INFINITY));
        refuses("top-k", () -> OPTIONS.withTopK(-1));
        refuses("top-p", () -> OPTIONS.withTopP(1.01f));
        refuses("top-p", () -> OPTIONS.withTopP(Float.NaN));
        refuses("min-p", () -> OPTIONS.withMinP(-0.01f));
        refuses("typical-p", () -> OPTIONS.withTypicalP(0));
        refuses("repetition penalty", () -> OPTIONS.withRepetitionPenalty(0));
        refuses("presence penalty", () -> OPTIONS.withPresencePenalty(Float.NaN));
        refuses("frequency penalty", () -> OPTIONS.withFrequencyPenalty(Float.NEGATIVE_INFINITY));
        refuses("penalty window", () -> OPTIONS.withPenaltyWindow(-2));
        refuses("logit bias", () -> OPTIONS.withLogitBias(Map.of(-1, 0f)));
        refuses("logit bias of token 3", () -> OPTIONS.withLogitBias(Map.of(3, Float.NaN)));
        refuses("logit bias of token 3", () -> OPTIONS.withLogitBias(Map.of(3, Float.POSITIVE_INFINITY)));
    }

    @Test
    void eachChangeChangesItsOwnValue() {
        SamplingOptions changed = OPTIONS.withTemperature(1).withTopK(2).withTopP(0.3f).withMinP(0.4f)
                .withTypicalP(0.5f).withRepetitionPenalty(1.6f).withPresencePenalty(0.7f).withFrequencyPenalty(0.8f)
                .withPenaltyWindow(9).withSeed(10).withLogitBias(Map.of(11, 12f));
        assertEquals(new SamplingOptions(1, 2, 0.3f, 0.4f, 0.5f, 1.6f, 0.7f, 0.8f, 9, OptionalLong.of(10),
                Map.of(11, 12f)), changed);
        assertEquals(0, SamplingOptions.greedy().temperature());
    }

    @Test
    void theBiasIsCopied() {
        Map<Integer, Float> bias = new HashMap<>(Map.of(1, 1f));
        SamplingOptions options = OPTIONS.withLogitBias(bias);
        bias.put(2, 2f);
        assertEquals(Map.of(1, 1f), options.logitBias());
    }
}
