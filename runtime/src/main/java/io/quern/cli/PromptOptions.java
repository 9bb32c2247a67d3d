package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.QuernException;
import io.quern.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where {@code run} gets its prompt from. */
final class PromptOptions {
    @ArgGroup(exclusive = true)
    private Source source = new Source();

    @Option(names = "--raw", description = {
        "Continue the prompt as it is, without the model's chat template.", "Special tokens in it are recognised."})
    private boolean raw;

    @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told before the prompt.")
    private String system;

    /** One of these at most; none: standard input. */
    static final class Source {
        @Option(names = {"-p", "--prompt"}, paramLabel = "TEXT", description = "The prompt.")
        private String prompt;

        @Option(names = {"-f", "--file"}, paramLabel = "FILE",
                description = "A file with the prompt; - is standard input.")
        private Path file;

        @Option(names = "--messages", paramLabel = "FILE.json",
                description = "A conversation: a list of {\"role\": ..., \"content\": ...}.")
        private Path messages;
    }

    boolean raw() {
        return raw;
    }

    /** The text for {@code --raw}, to the last byte. */
    String text(Input input, Terminal terminal) {
        if (source.messages != null || system != null) {
            throw new QuernException((system != null ? "--system" : "--messages") + " cannot be used with --raw");
        }
        String text = plainText(input, terminal);
        if (text.isEmpty()) {
            throw new QuernException("the prompt is empty");
        }
        return text;
    }

    /** The conversation; a line feed at the end of a prompt from a file or from standard input is not part of it. */
    List<ChatMessage> messages(Input input, Terminal terminal) {
        if (source.messages != null) {
            if (system != null) {
                throw new QuernException("--system cannot be used with --messages: put it into the file");
            }
            return parse(source.messages, input);
        }
        String text = plainText(input, terminal);
        if (source.prompt == null) {
            text = text.endsWith("\r\n") ? text.substring(0, text.length() - 2)
                    : text.endsWith("\n") ? text.substring(0, text.length() - 1)
                    : text;
        }
        if (text.isBlank()) {
            throw new QuernException("the prompt is empty");
        }
        ChatMessage user = ChatMessage.user(text);
        return system == null ? List.of(user) : List.of(ChatMessage.system(system), user);
    }

    private String plainText(Input input, Terminal terminal) {
        if (source.prompt != null) {
            return source.prompt;
        }
        if (source.file != null) {
            return input.read(source.file);
        }
        if (terminal.inputIsTerminal()) {
            throw new QuernException(
                    "no prompt: give one with -p TEXT, -f FILE or --messages FILE.json, or pipe it in");
        }
        return input.readAll();
    }

    private static List<ChatMessage> parse(Path file, Input input) {
        boolean standardInput = file.toString().equals("-");
        String where = standardInput ? "standard input" : file.toString();
        byte[] bytes = standardInput
                ? input.readAll().getBytes(StandardCharsets.UTF_8) : Input.bytes(file);
        Object value = Json.parse(bytes, where);
        if (!(value instanceof List<?> list)) {
            throw new QuernException(where + ": expected a list of messages, found " + Json.typeName(value));
        }
        if (list.isEmpty()) {
            throw new QuernException(where + ": the list of messages is empty");
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (Object element : list) {
            String place = where + ": message " + (messages.size() + 1);
            if (!(element instanceof Map<?, ?> map)) {
                throw new QuernException(place + ": expected an object, found " + Json.typeName(element));
            }
            for (Object key : map.keySet()) {
                if (!key.equals("role") && !key.equals("content")) {
                    throw new QuernException(place + ": \"" + key + "\" is not supported, only role and content are");
                }
            }
            messages.add(new ChatMessage(string(map, "role", place), string(map, "content", place)));
        }
        return messages;
    }

    private static String string(Map<?, ?> map, String key, String place) {
        if (map.get(key) instanceof String text) {
            return text;
        }
        throw new QuernException(place + ": expected a string for \"" + key + "\", found "
                + (map.containsKey(key) ? Json.typeName(map.get(key)) : "none"));
    }
}
