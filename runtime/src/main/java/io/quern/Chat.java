package io.quern;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation: messages in turn, rendered by the model's own template. The KV cache is kept between turns, so only
 * what is new is computed. For one thread at a time.
 */
public final class Chat implements AutoCloseable {
    private final Model model;
    private final Session session;
    private final ChatOptions options;
    private final List<ChatMessage> messages = new ArrayList<>();

    Chat(Model model, ChatOptions options) {
        this.model = model;
        this.session = model.newSession();
        this.options = options;
        reset(options.system());
    }

    /** The messages so far, the system message first if there is one. */
    public List<ChatMessage> messages() {
        return List.copyOf(messages);
    }

    /** Forgets all messages and starts again with a system message, or none if it is empty. */
    public void reset(String system) {
        messages.clear();
        if (!system.isEmpty()) {
            messages.add(ChatMessage.system(system));
        }
    }

    /** Generates the whole answer. */
    public String reply(String userText) {
        return stream(userText).result().text();
    }

    /**
     * Generates the answer piece by piece: {@code for (String piece : chat.stream("..."))}. Question and answer, also
     * one that was cancelled, join the history when the generation has ended.
     */
    public Generation stream(String userText) {
        List<ChatMessage> asked = new ArrayList<>(messages);
        asked.add(ChatMessage.user(userText));
        Generation generation = session.generate(model.chatPrompt(asked), options.generation());
        generation.whenFinished(result -> {
            messages.clear();
            messages.addAll(asked);
            messages.add(ChatMessage.assistant(result.text()));
        });
        return generation;
    }

    @Override
    public void close() {
        session.close();
    }
}
