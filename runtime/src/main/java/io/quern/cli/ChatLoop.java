package io.quern.cli;

import io.quern.Chat;
import io.quern.Generation;
import io.quern.QuernException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The conversation of {@code quern chat}: a line in, an answer out, until the input ends. */
final class ChatLoop {
    private static final String PROMPT = "> ";
    private static final String MORE = ". ";
    private static final String HELP = """
            /system TEXT  tell the model this before the conversation, and start anew; without TEXT: show it
            /reset        forget the conversation
            /help         this list
            /quit         end the chat (Ctrl-D does so too)
            Ctrl-C stops an answer. A line that ends in a backslash goes on in the next one.""";

    /** As a shell reports a program that Ctrl-C ended. */
    private static final int INTERRUPTED = 130;

    private enum State { READING, ASKED_TO_QUIT, ANSWERING, STOPPING }

    private final Chat chat;
    private final Output output;
    private final Terminal terminal;
    private final BufferedReader reader;
    private String system;
    private volatile State state = State.READING;

    /** @param system what the model is told before the conversation, empty for nothing */
    ChatLoop(Chat chat, String system, Context context) {
        this.chat = chat;
        this.system = system;
        this.output = context.output();
        this.terminal = context.terminal();
        this.reader = new BufferedReader(new InputStreamReader(context.input().stream(), StandardCharsets.UTF_8));
    }

    /** Runs until the input ends or says so. */
    void run() {
        while (true) {
            state = State.READING;
            String line = readMessage();
            if (line == null) {
                if (terminal.inputIsTerminal()) {
                    terminal.message("");
                }
                return;
            }
            if (line.startsWith("/")) {
                if (!command(line)) {
                    return;
                }
            } else if (!line.isBlank()) {
                answer(line);
            }
        }
    }

    /**
     * Ctrl-C: stops the answer; on an empty prompt it takes two. Called by another thread. What had been typed is gone,
     * as the terminal itself drops it.
     */
    void interrupt() {
        switch (state) {
            case ANSWERING -> state = State.STOPPING;
            case READING -> {
                state = State.ASKED_TO_QUIT;
                terminal.print("\n" + terminal.dim("Ctrl-C again, Ctrl-D or /quit ends the chat") + "\n" + PROMPT);
            }
            case ASKED_TO_QUIT, STOPPING -> {
                terminal.message("");
                System.exit(INTERRUPTED);
            }
        }
    }

    private void answer(String text) {
        state = State.ANSWERING;
        try {
            Generation generation = chat.stream(text);
            for (String piece : generation) {
                output.print(piece);
                if (state == State.STOPPING) {
                    generation.cancel();
                }
            }
            output.line("");
            terminal.remark(Answer.summary(generation.result()));
        } catch (QuernException e) {
            // The conversation goes on without the message that could not be answered.
            terminal.message("quern: " + e.getMessage());
        }
    }

    /** Obeys a line that starts with a slash; false: the chat ends. */
    private boolean command(String line) {
        String name = line.strip().split("\\s", 2)[0];
        String argument = line.strip().substring(name.length()).strip();
        switch (name) {
            case "/quit", "/exit", "/bye" -> {
                return false;
            }
            case "/help", "/?" -> terminal.message(HELP);
            case "/reset" -> {
                chat.reset(system);
                terminal.remark("the conversation is forgotten");
            }
            case "/system" -> {
                if (argument.isEmpty()) {
                    terminal.message(system.isEmpty() ? "no system prompt" : system);
                } else {
                    system = argument;
                    chat.reset(system);
                    terminal.remark("a new conversation begins");
                }
            }
            default -> terminal.message("quern: there is no command " + name + "; /help lists them");
        }
        return true;
    }

    /** The next message: a line, or several that a backslash joins; null at the end of the input. */
    private String readMessage() {
        StringBuilder text = new StringBuilder();
        while (true) {
            if (terminal.inputIsTerminal()) {
                terminal.print(text.isEmpty() ? PROMPT : MORE);
            }
            String line;
            try {
                line = reader.readLine();
            } catch (IOException e) {
                throw new QuernException("standard input: cannot be read: " + e.getMessage(), e);
            }
            if (line == null) {
                return text.isEmpty() ? null : text.toString();
            }
            state = State.READING;
            if (!line.endsWith("\\")) {
                return text.append(line).toString();
            }
            text.append(line, 0, line.length() - 1).append('\n');
        }
    }
}
