package io.quern.cli;

import io.quern.GenerationResult;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a model answered.
 *
 * @param promptIds the tokens of the whole prompt
 */
record Answer(int[] promptIds, GenerationResult result) {
    /** For people: "42 tokens, 61.3 tokens/s ...". */
    static String summary(GenerationResult result) {
        return String.format(Locale.ROOT, "%d tokens, %.1f tokens/s (prompt: %d tokens, %.1f tokens/s)%s",
                result.ids().length, result.tokensPerSecond(), result.newPromptTokens(),
                result.promptTokensPerSecond(), switch (result.finishReason()) {
                    case STOP -> "";
                    case LENGTH -> ", cut short";
                    case CANCELLED -> ", stopped";
                });
    }

    /** For programs: see {@link JsonText}. */
    Map<String, Object> toJson() {
        Map<String, Object> timings = new LinkedHashMap<>();
        timings.put("prompt_tokens", result.newPromptTokens());
        timings.put("prompt_seconds", result.promptNanos() / 1e9);
        timings.put("prompt_tokens_per_second", result.promptTokensPerSecond());
        timings.put("answer_tokens", result.ids().length);
        timings.put("answer_seconds", result.generationNanos() / 1e9);
        timings.put("answer_tokens_per_second", result.tokensPerSecond());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_ids", promptIds);
        json.put("ids", result.ids());
        json.put("text", result.text());
        json.put("finish_reason", result.finishReason().name().toLowerCase(Locale.ROOT));
        json.put("timings", timings);
        return json;
    }
}
