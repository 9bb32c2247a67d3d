package io.quern;

import java.util.Objects;

/**
 * One message of a conversation.
 *
 * @param role who says it, as the model's chat template knows it: {@code system}, {@code user}, {@code assistant}, or
 *     another role that the template has
 * @param content what is said
 */
public record ChatMessage(String role, String content) {
    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }

    /** Instructions for the whole conversation. */
    public static ChatMessage system(String content) {
        return new ChatMessage("system", content);
    }

    /** What the human says. */
    public static ChatMessage user(String content) {
        return new ChatMessage("user", content);
    }

    /** What the model said. */
    public static ChatMessage assistant(String content) {
        return new ChatMessage("assistant", content);
    }
}
