package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRunnerTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    @Test
    void unknownCommandIsTheUsersMistake() {
        assertEquals(2, fixture.run("grind"));
        assertEquals("quern: there is no command \"grind\"; see quern --help\n", fixture.err());
        assertEquals("", fixture.out());
    }

    @Test
    void unknownOptionIsTheUsersMistake() {
        assertEquals(2, fixture.run("run", "--fast"));
        assertEquals("quern: Unknown option: '--fast'; see quern run --help\n", fixture.err());
    }

    @Test
    void noCommandShowsTheUsageOnStandardError() {
        assertEquals(2, fixture.run());
        assertTrue(fixture.err().startsWith("Usage: quern"));
        assertEquals("", fixture.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "run", "inspect", "tokenize"})
    void everyCommandHasHelpWithExamples(String command) {
        assertEquals(0, fixture.run(command, "--help"));
        assertTrue(fixture.out().contains("Examples:\n"), fixture.out());
        assertTrue(fixture.out().contains("quern " + command), fixture.out());
        assertFalse(fixture.out().contains("\033"), "colour on a pipe");
        assertEquals("", fixture.err());
    }

    @Test
    void versionNamesTheProgram() {
        assertEquals(0, fixture.run("--version"));
        assertTrue(fixture.out().startsWith("quern "));
    }

    @Test
    void quernExceptionIsTheUsersMistake() {
        fixture.engine.failure = new QuernException("model.gguf: offset 12: expected 3, found 4");
        assertEquals(2, fixture.run("run", "-p", "x"));
        assertEquals("quern: model.gguf: offset 12: expected 3, found 4\n", fixture.err());
        assertTrue(fixture.engine.closed);
    }

    @Test
    void otherExceptionsAreOurs() {
        fixture.engine.failure = new IllegalStateException("a wheel is broken");
        assertEquals(1, fixture.run("run", "-p", "x"));
        assertEquals(
                "quern: internal error: java.lang.IllegalStateException: a wheel is broken (--debug shows where)\n",
                fixture.err());
    }

    @Test
    void debugShowsTheStackTrace() {
        fixture.engine.failure = new IllegalStateException("a wheel is broken");
        assertEquals(1, fixture.run("run", "--debug", "-p", "x"));
        assertTrue(fixture.err().contains("\tat "), fixture.err());
    }

    @Test
    void aReaderThatHasGoneEndsTheProgramQuietly() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Context context = new Context(fixture.engine, new Input(new ByteArrayInputStream(new byte[0])),
                new Output(gone), new Terminal(new PrintStream(OutputStream.nullOutputStream()), "", 0, false));
        assertEquals(0, new CommandRunner(context).run("run", "-p", "x"));
    }

    @Test
    void aFullDiskIsAnError() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Context context = fixture.context();
        context = new Context(context.engine(), context.input(), new Output(full), context.terminal());
        assertEquals(1, new CommandRunner(context).run("run", "-p", "x"));
        assertEquals("quern: standard output: No space left on device\n", fixture.err());
    }
}
