package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.GenerationOptions;
import io.quern.SamplingOptions;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A loaded model, as {@code chat} and {@code run} see it. What successive prompts have in common is computed once. */
interface Answerer extends AutoCloseable {
    /** The model in one line, for people. */
    String description();

    /** How the model's makers want it sampled. */
    SamplingOptions samplingDefaults();

    /**
     * Answers a conversation, by the model's chat template.
     *
     * @param pieces gets the text as it comes, whole characters only
     * @param cancelled asked after each piece
     * @throws io.quern.QuernException if the conversation does not fit into the context, or the template refuses it
     */
    Answer answer(
            List<ChatMessage> messages,
            GenerationOptions options,
            Consumer<String> pieces,
            BooleanSupplier cancelled);

    /** Continues a text as it is; special tokens in it are recognised. */
    Answer complete(String text, GenerationOptions options, Consumer<String> pieces, BooleanSupplier cancelled);

    @Override
    void close();
}
