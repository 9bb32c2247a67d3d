package io.quern.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs a command line on a fake engine and keeps what it printed. */
final class CommandLineFixture {
    final FakeEngine engine = new FakeEngine();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String terminals = "";
    private byte[] input = {};

    /** @param descriptors those of 0, 1 and 2 that are terminals */
    CommandLineFixture terminals(String descriptors) {
        terminals = descriptors;
        return this;
    }

    CommandLineFixture input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    CommandLineFixture input(byte[] bytes) {
        input = bytes;
        return this;
    }

    Context context() {
        PrintStream error = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Context(engine, new Input(new ByteArrayInputStream(input)), new Output(out),
                new Terminal(error, terminals, 0, true));
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
