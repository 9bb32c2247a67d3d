package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.ChatMessage;
import io.quern.QuernException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatLoopTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    @Test
    void keepsTheConversation() {
        assertEquals(0, fixture.input("one\n\ntwo\n").run("chat"));
        assertEquals("you said one\nyou said two\n", fixture.out());
        assertEquals("", fixture.err(), "no prompts or remarks where nobody watches");
        assertEquals(List.of(ChatMessage.user("one"), ChatMessage.assistant("you said one"), ChatMessage.user("two")),
                fixture.engine.conversations.get(1));
    }

    @Test
    void resetKeepsTheSystemPrompt() {
        assertEquals(0, fixture.input("one\n/reset\ntwo\n").run("chat", "--system", "Be brief."));
        assertEquals(List.of(ChatMessage.system("Be brief."), ChatMessage.user("two")),
                fixture.engine.conversations.get(1));
    }

    @Test
    void systemStartsAnew() {
        assertEquals(0, fixture.input("one\n/system  Be kind. \n/system\ntwo\n").run("chat"));
        assertEquals(List.of(ChatMessage.system("Be kind."), ChatMessage.user("two")),
                fixture.engine.conversations.get(1));
        assertEquals("Be kind.\n", fixture.err());
    }

    @Test
    void quitEndsTheChat() {
        assertEquals(0, fixture.input("/quit\none\n").run("chat"));
        assertEquals("", fixture.out());
        assertTrue(fixture.engine.closed);
    }

    @Test
    void backslashJoinsLines() {
        assertEquals(0, fixture.input("one\\\ntwo\n").run("chat"));
        assertEquals("you said one\ntwo\n", fixture.out());
    }

    @Test
    void helpAndUnknownCommandsDoNotReachTheModel() {
        assertEquals(0, fixture.input("/help\n/fly\n").run("chat"));
        assertTrue(fixture.err().contains("/reset"), fixture.err());
        assertTrue(fixture.err().endsWith("quern: there is no command /fly; /help lists them\n"), fixture.err());
        assertEquals(List.of(), fixture.engine.conversations);
    }

    @Test
    void anAnswerThatFailsDoesNotEndTheChat() {
        fixture.engine.failure = new QuernException("the conversation does not fit");
        assertEquals(0, fixture.input("one\n").run("chat"));
        assertEquals("quern: the conversation does not fit\n", fixture.err());
    }

    @Test
    void promptsOnATerminal() {
        assertEquals(0, fixture.terminals("012").input("one\n").run("chat"));
        assertTrue(fixture.err().contains("an echo"), fixture.err());
        assertTrue(fixture.err().contains("> "), fixture.err());
    }
}
