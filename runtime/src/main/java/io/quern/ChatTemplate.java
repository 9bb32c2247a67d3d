package io.quern;

import io.quern.chat.Template;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a conversation into the text that a model was trained to continue, by the model's own Jinja template.
 * Immutable and thread-safe; the source is parsed once.
 *
 * <p>The text contains the model's special tokens as text: encode it with special tokens recognised, and without
 * adding a begin-of-sequence token (a template prints {@code bos_token} itself where the model wants one).
 *
 * <p>A template is treated as hostile: it sees only what is passed to it, and its steps, depth and output are bounded.
 */
public final class ChatTemplate {
    private static final String CHAT_ML = """
            {% for message in messages %}
            {{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}\
            {% endfor %}
            {% if add_generation_prompt %}
            {{ '<|im_start|>assistant\\n' }}\
            {% endif %}
            """;
    private static final String PLAIN =
            "{% for message in messages %}{{ message.content }}{{ '' if loop.last else '\\n\\n' }}{% endfor %}";

    private final String source;
    private final Template template;
    private final Clock clock;

    private ChatTemplate(String source, Template template, Clock clock) {
        this.source = source;
        this.template = template;
        this.clock = clock;
    }

    /**
     * A template from its Jinja source, with {@code trim_blocks} and {@code lstrip_blocks} on, as model files have it.
     *
     * @throws QuernException if it cannot be parsed or uses what is not supported; the message names the line
     */
    public static ChatTemplate of(String source) {
        return new ChatTemplate(source, Template.parse(source), Clock.systemDefaultZone());
    }

    /** The ChatML form: {@code <|im_start|>role}, a newline, the content, {@code <|im_end|>} and a newline. */
    public static ChatTemplate chatMl() {
        return of(CHAT_ML);
    }

    /** The contents alone, with an empty line between two messages: for models that were not trained to chat. */
    public static ChatTemplate plain() {
        return of(PLAIN);
    }

    /** The same template, telling the time of {@code newClock} where it asks for the date. */
    public ChatTemplate withClock(Clock newClock) {
        return new ChatTemplate(source, template, newClock);
    }

    /** The Jinja source. */
    public String source() {
        return source;
    }

    /**
     * Renders a conversation.
     *
     * @param messages the conversation, oldest first
     * @param addGenerationPrompt whether to end with what starts the model's answer
     * @param variables further variables, such as {@code bos_token}, {@code eos_token}, {@code tools} or
     *     {@code enable_thinking}: strings, booleans, numbers, lists, maps with string keys, null
     * @throws QuernException if the template refuses the conversation (the message contains its own words), fails, or
     *     takes too much time or space
     * @throws IllegalArgumentException if a variable is of another type
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, Object> variables) {
        List<Map<String, Object>> maps = new ArrayList<>(messages.size());
        for (ChatMessage message : messages) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("role", message.role());
            map.put("content", message.content());
            maps.add(map);
        }
        return renderMaps(maps, addGenerationPrompt, variables);
    }

    /** The same for messages with any fields ({@code tool_calls}, {@code name}, a list as {@code content}). */
    String renderMaps(List<? extends Map<String, ?>> messages, boolean addGenerationPrompt,
            Map<String, ?> variables) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("tools", null);
        all.put("documents", null);
        all.putAll(variables);
        all.put("messages", messages);
        all.put("add_generation_prompt", addGenerationPrompt);
        return template.render(all, () -> LocalDateTime.now(clock));
    }
}
