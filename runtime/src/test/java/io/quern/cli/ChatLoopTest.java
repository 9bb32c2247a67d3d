package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.Chat;
import io.quern.ChatOptions;
import io.quern.GenerationOptions;
import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.SamplingOptions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The chat beside what the library answers. */
class ChatLoopTest {
    private static final GenerationOptions FIVE_TOKENS =
            GenerationOptions.defaults().withSampling(SamplingOptions.greedy()).withMaxTokens(5);

    private static Model model;

    private final CommandLineFixture fixture = new CommandLineFixture();

    @BeforeAll
    static void load() {
        model = Model.loadPocketGuide(ModelOptions.defaults().withThreads(1));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private void chat(String input, String... more) {
        String[] usual = {"chat", "-n", "5", "--temperature", "0", "--threads", "1"};
        assertEquals(0, fixture.input(input).run(Stream.of(usual, more).flatMap(Stream::of).toArray(String[]::new)));
    }

    /** What a conversation of its own answers, in lines. */
    private static String answers(String system, String... messages) {
        StringBuilder lines = new StringBuilder();
        try (Chat chat = model.chat(ChatOptions.defaults().withSystem(system).withGeneration(FIVE_TOKENS))) {
            for (String message : messages) {
                lines.append(chat.reply(message)).append('\n');
            }
        }
        return lines.toString();
    }

    @Test
    void keepsTheConversation() {
        chat("what is awq\n\nand gptq\n");
        assertEquals(answers("", "what is awq", "and gptq"), fixture.out());
        assertEquals("", fixture.err(), "no prompts or remarks where nobody watches");
    }

    @Test
    void resetKeepsTheSystemPrompt() {
        chat("what is awq\n/reset\nwhat is gptq\n", "--system", "Be brief.");
        assertEquals(answers("Be brief.", "what is awq") + answers("Be brief.", "what is gptq"), fixture.out());
    }

    @Test
    void systemStartsAnew() {
        chat("what is awq\n/system  Be kind. \n/system\nwhat is gptq\n");
        assertEquals(answers("", "what is awq") + answers("Be kind.", "what is gptq"), fixture.out());
        assertEquals("Be kind.\n", fixture.err());
    }

    @Test
    void quitEndsTheChat() {
        chat("/system\n/quit\none\n");
        assertEquals("", fixture.out());
        assertEquals("no system prompt\n", fixture.err());
    }

    @Test
    void backslashJoinsLines() {
        chat("what\\\nis awq\n");
        assertEquals(answers("", "what\nis awq"), fixture.out());
    }

    @Test
    void helpAndUnknownCommandsDoNotReachTheModel() {
        chat("/help\n/fly\n");
        assertTrue(fixture.err().contains("/reset"), fixture.err());
        assertTrue(fixture.err().endsWith("quern: there is no command /fly; /help lists them\n"), fixture.err());
        assertEquals("", fixture.out());
    }

    @Test
    void anAnswerThatFailsDoesNotEndTheChat() {
        chat("mill ".repeat(100) + "\nwhat is awq\n", "--context", "64");
        assertTrue(fixture.err().startsWith("quern: "), fixture.err());
        assertEquals(1, fixture.err().lines().count(), fixture.err());
        assertEquals(answers("", "what is awq"), fixture.out());
    }

    @Test
    void promptsOnATerminal() {
        fixture.terminals("012");
        chat("what is awq\n");
        assertTrue(fixture.err().contains("pocket-guide: llama, GGUF v3"), fixture.err());
        assertTrue(fixture.err().contains("> "), fixture.err());
        assertTrue(fixture.err().contains("5 tokens, "), fixture.err());
    }
}
