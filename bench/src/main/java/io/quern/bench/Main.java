package io.quern.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * {@code quern jmh [JMH OPTIONS] [PATTERN]}: JMH with the machine's peaks measured in every run, and a table of
 * shares at the end. Without a pattern it runs {@link AwqGptqBenchmark}.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private Main() {}

    /** Arguments are those of JMH. */
    public static void main(String[] args) throws IOException {
        try {
            CommandLineOptions options = new CommandLineOptions(args);
            if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams()
                    || options.shouldListProfilers() || options.shouldListResultFormats()) {
                org.openjdk.jmh.Main.main(args);
            } else {
                System.out.print("\n" + run(args));
            }
        } catch (CommandLineOptionException e) {
            System.err.println("quern: " + e.getMessage());
            System.exit(WRONG_USE);
        } catch (RunnerException e) {
            System.err.println("quern: " + e.getMessage());
            System.exit(FAILED);
        }
    }

    /** Runs benchmarks and returns the table of their results. */
    static String run(String... args) throws CommandLineOptionException, RunnerException {
        List<String> completed = new ArrayList<>(Arrays.asList(args));
        if (new CommandLineOptions(args).getIncludes().isEmpty()) {
            completed.add(AwqGptqBenchmark.class.getSimpleName());
        }
        completed.add(MachinePeakBenchmark.class.getSimpleName());
        return ResultTable.of(new Runner(new CommandLineOptions(completed.toArray(String[]::new))).run());
    }
}
