package io.quern.cli;

/** The command line's entry point. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (!VectorModule.load()) {
            System.err.println("quern: start it with the launcher quern, or add --add-modules jdk.incubator.vector");
            System.exit(1);
        }
    }
}
