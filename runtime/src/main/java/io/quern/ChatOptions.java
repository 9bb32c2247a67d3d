package io.quern;

/**
 * How a chat behaves. Immutable; start from {@link #defaults}.
 *
 * @param system the system message, empty for none
 */
public record ChatOptions(String system, GenerationOptions generation) {
    /** No system message, default generation. */
    public static ChatOptions defaults() {
        return new ChatOptions("", GenerationOptions.defaults());
    }

    public ChatOptions withSystem(String system) {
        return new ChatOptions(system, generation);
    }

    public ChatOptions withGeneration(GenerationOptions generation) {
        return new ChatOptions(system, generation);
    }
}
