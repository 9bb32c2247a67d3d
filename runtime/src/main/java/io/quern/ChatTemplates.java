package io.quern;

import java.util.function.Predicate;

/** Chooses the chat template of a model. */
public final class ChatTemplates {
    private ChatTemplates() {}

    /** Where a template comes from. */
    public enum Source {
        /** The model's own file. */
        MODEL,
        /** ChatML, as the vocabulary has its tokens. */
        CHAT_ML,
        /** None: the messages are joined as plain text. */
        PLAIN
    }

    /**
     * A template and where it comes from.
     *
     * @param explanation one sentence for the user
     */
    public record Choice(ChatTemplate template, Source source, String explanation) {}

    /**
     * The model's own template; without one ChatML if the vocabulary has its tokens, else plain text.
     *
     * @param templateOrNull the Jinja source in the model's file, or null
     * @param hasToken whether the vocabulary has a token of exactly this text
     * @throws QuernException if the model's template cannot be parsed
     */
    public static Choice select(String templateOrNull, Predicate<String> hasToken) {
        if (templateOrNull != null && !templateOrNull.isBlank()) {
            return new Choice(ChatTemplate.of(templateOrNull), Source.MODEL, "The chat template is the model's own.");
        }
        if (hasToken.test("<|im_start|>") && hasToken.test("<|im_end|>")) {
            return new Choice(ChatTemplate.chatMl(), Source.CHAT_ML,
                    "The model has no chat template; its vocabulary has the ChatML tokens, so ChatML is used.");
        }
        return new Choice(ChatTemplate.plain(), Source.PLAIN,
                "The model has no chat template and no ChatML tokens; messages are passed as plain text.");
    }
}
