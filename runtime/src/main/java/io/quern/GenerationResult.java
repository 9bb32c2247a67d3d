package io.quern;

/**
 * What a finished generation gave.
 *
 * @param text the generated text, without stop strings and special tokens
 * @param ids the generated tokens, the one that ended the answer included
 * @param promptTokens tokens of the prompt, those that the session held already included
 * @param promptNanos time spent on those prompt tokens that were new, in nanoseconds
 * @param generationNanos time spent on generating, in nanoseconds
 */
public record GenerationResult(
        String text,
        int[] ids,
        FinishReason finishReason,
        int promptTokens,
        int newPromptTokens,
        long promptNanos,
        long generationNanos) {

    /** Prompt tokens a second, NaN if there were none. */
    public double promptTokensPerSecond() {
        return newPromptTokens == 0 ? Double.NaN : newPromptTokens * 1e9 / promptNanos;
    }

    /** Generated tokens a second, NaN if there were none. */
    public double tokensPerSecond() {
        return ids.length == 0 ? Double.NaN : ids.length * 1e9 / generationNanos;
    }
}
