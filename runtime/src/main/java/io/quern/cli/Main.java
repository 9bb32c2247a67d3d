package io.quern.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The command line's entry point. */
public final class Main {
    private Main() {}

    /** Runs a command and ends the JVM with 0, 2 for a mistake of the user's, or 1 for one of ours. */
    public static void main(String[] args) {
        PrintStream error = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setErr(error);
        if (!VectorModule.load()) {
            error.println("quern: start it with the launcher quern, or add --add-modules jdk.incubator.vector");
            System.exit(CommandRunner.OUR_FAULT);
        }
        Context context = new Context(new Input(new FileInputStream(FileDescriptor.in)),
                new Output(new FileOutputStream(FileDescriptor.out)), Terminal.ofProcess(error));
        System.exit(new CommandRunner(context).run(args));
    }
}
