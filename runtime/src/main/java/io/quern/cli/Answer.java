package io.quern.cli;

import java.util.Locale;

/**
 * What a model answered.
 *
 * @param promptIds the tokens of the whole prompt
 * @param ids the tokens of the answer
 * @param finishReason "stop", "length" or "cancelled"
 * @param newPromptTokens how many of the prompt's tokens were read now; the rest was still in the cache
 */
record Answer(
        int[] promptIds,
        int[] ids,
        String text,
        String finishReason,
        int newPromptTokens,
        double promptSeconds,
        double answerSeconds) {

    double promptTokensPerSecond() {
        return promptSeconds > 0 ? newPromptTokens / promptSeconds : 0;
    }

    double tokensPerSecond() {
        return answerSeconds > 0 ? ids.length / answerSeconds : 0;
    }

    /** For people: "42 tokens, 61.3 tokens/s". */
    String summary() {
        return String.format(Locale.ROOT, "%d tokens, %.1f tokens/s (prompt: %d tokens, %.1f tokens/s)",
                ids.length, tokensPerSecond(), newPromptTokens, promptTokensPerSecond());
    }
}
