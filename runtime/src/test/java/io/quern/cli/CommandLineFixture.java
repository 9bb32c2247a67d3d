package io.quern.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs a command line and keeps what it printed. */
final class CommandLineFixture {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String terminals = "";
    private InputStream input = InputStream.nullInputStream();

    /** @param descriptors those of 0, 1 and 2 that are terminals */
    CommandLineFixture terminals(String descriptors) {
        terminals = descriptors;
        return this;
    }

    CommandLineFixture input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    CommandLineFixture input(byte[] bytes) {
        return input(new ByteArrayInputStream(bytes));
    }

    CommandLineFixture input(InputStream stream) {
        input = stream;
        return this;
    }

    Context context() {
        PrintStream error = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Context(new Input(input), new Output(out), new Terminal(error, terminals, 0, true));
    }

    int run(String... arguments) {
        return new CommandRunner(context()).run(arguments);
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
