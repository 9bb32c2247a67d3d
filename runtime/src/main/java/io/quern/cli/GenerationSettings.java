package io.quern.cli;

import java.util.List;
import java.util.OptionalLong;

/**
 * How an answer is made.
 *
 * @param maxTokens tokens of the answer at most; -1: until the context is full
 * @param seed of the random numbers, or empty for another one each time
 * @param stop texts that end the answer
 */
record GenerationSettings(
        int maxTokens,
        float temperature,
        int topK,
        float topP,
        float minP,
        OptionalLong seed,
        List<String> stop) {}
