package io.quern.checkpoint;

/**
 * The shape of a Llama-family transformer.
 *
 * @param architecture as the file spells it, for messages: "llama", "qwen2", "qwen3", "mistral"
 * @param contextLength positions that the model was made for
 * @param slidingWindow per layer: how many positions back a query sees, itself included; 0 = all
 */
public record ModelConfig(
        String architecture,
        int vocabularySize,
        int embeddingLength,
        int layerCount,
        int headCount,
        int kvHeadCount,
        int headSize,
        int feedForwardLength,
        int contextLength,
        float normEpsilon,
        Rope rope,
        int[] slidingWindow) {

    /** Outputs of a linear layer. */
    public int rows(LinearRole role) {
        return switch (role) {
            case QUERY -> headCount * headSize;
            case KEY, VALUE -> kvHeadCount * headSize;
            case OUTPUT, FFN_DOWN -> embeddingLength;
            case FFN_GATE, FFN_UP -> feedForwardLength;
        };
    }

    /** Inputs of a linear layer. */
    public int columns(LinearRole role) {
        return switch (role) {
            case QUERY, KEY, VALUE, FFN_GATE, FFN_UP -> embeddingLength;
            case OUTPUT -> headCount * headSize;
            case FFN_DOWN -> feedForwardLength;
        };
    }

    /**
     * Rotary position embedding.
     *
     * @param theta base of the frequencies
     * @param dimension elements of a head that are rotated, from its start
     * @param interleaved pairs are (2i, 2i+1) as GGUF's llama has them, else (i, i + dimension/2)
     */
    public record Rope(double theta, int dimension, boolean interleaved, RopeScaling scaling) {}
}
