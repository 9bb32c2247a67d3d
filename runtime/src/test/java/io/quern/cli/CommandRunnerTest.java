package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRunnerTest {
    private static final InputStream BROKEN = new InputStream() {
        @Override
        public int read() {
            throw new IllegalStateException("a wheel is broken");
        }
    };

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
        assertEquals(2, fixture.run("run", "nothing.gguf", "-p", "x"));
        assertEquals("quern: nothing.gguf: no such file or folder\n", fixture.err());
    }

    @Test
    void otherExceptionsAreOurs() {
        assertEquals(1, fixture.input(BROKEN).run("run"));
        assertEquals(
                "quern: internal error: java.lang.IllegalStateException: a wheel is broken (--debug shows where)\n",
                fixture.err());
    }

    @Test
    void debugShowsTheStackTrace() {
        assertEquals(1, fixture.input(BROKEN).run("run", "--debug"));
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
        assertEquals(0, runInto(gone));
        assertEquals("", fixture.err());
    }

    @Test
    void aFullDiskIsAnError() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertEquals(1, runInto(full));
        assertEquals("quern: standard output: No space left on device\n", fixture.err());
    }

    private int runInto(OutputStream stream) {
        Context context = fixture.context();
        context = new Context(context.input(), new Output(stream), context.terminal());
        return new CommandRunner(context).run("run", "-p", "x", "-n", "2", "--threads", "1");
    }
}
