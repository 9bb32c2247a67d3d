package io.quern.cli;

import io.quern.QuernException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command line and turns what goes wrong into a message and an exit code. */
final class CommandRunner {
    static final int DONE = 0;
    static final int OUR_FAULT = 1;
    static final int USERS_MISTAKE = 2;

    private final Context context;
    private final QuernCommand top = new QuernCommand();

    CommandRunner(Context context) {
        this.context = context;
    }

    /** The exit code: 0, 2 for a mistake of the user's, 1 for one of ours. */
    int run(String... arguments) {
        try {
            CommandLine line = commandLine(arguments);
            if (arguments.length == 0) {
                context.terminal().message(line.getUsageMessage(colours(context.terminal().errorIsTerminal())));
                return USERS_MISTAKE;
            }
            return execute(line, arguments);
        } catch (Exception | Error e) {
            return report(e);
        }
    }

    private int execute(CommandLine line, String[] arguments) {
        StringWriter printed = new StringWriter();
        line.setOut(new PrintWriter(printed));
        line.setParameterExceptionHandler((e, args) -> {
            context.terminal().message("quern: " + explain(e));
            return USERS_MISTAKE;
        });
        line.setExecutionExceptionHandler((e, command, result) -> report(e));
        int code;
        try {
            code = line.execute(arguments);
        } finally {
            context.terminal().clearProgress();
        }
        if (!printed.getBuffer().isEmpty()) {
            context.output().print(printed.toString());
        }
        return code;
    }

    /** With the command that the arguments begin with, or all: to describe the others would take a while. */
    private CommandLine commandLine(String[] arguments) {
        Map<String, Object> commands = new LinkedHashMap<>();
        commands.put("chat", new ChatCommand(context));
        commands.put("run", new RunCommand(context));
        commands.put("inspect", new InspectCommand(context));
        commands.put("tokenize", new TokenizeCommand(context));
        commands.put("bench", new BenchCommand(context));
        commands.put("perplexity", new PerplexityCommand(context));
        if (arguments.length > 0 && commands.containsKey(arguments[0])) {
            commands.keySet().retainAll(Set.of(arguments[0]));
        }
        CommandLine line = new CommandLine(top);
        commands.forEach(line::addSubcommand);
        line.setColorScheme(colours(context.terminal().outputIsTerminal()));
        line.setUsageHelpWidth(100);
        line.setUsageHelpLongOptionsMaxWidth(28);
        return line;
    }

    private Help.ColorScheme colours(boolean wanted) {
        return Help.defaultColorScheme(wanted && context.terminal().colour() ? Ansi.ON : Ansi.OFF);
    }

    private static String explain(ParameterException e) {
        CommandLine line = e.getCommandLine();
        String name = line.getCommandSpec().qualifiedName();
        if (e instanceof UnmatchedArgumentException unmatched && line.getParent() == null
                && !unmatched.getUnmatched().getFirst().startsWith("-")) {
            return "there is no command \"" + unmatched.getUnmatched().getFirst() + "\"; see " + name + " --help";
        }
        return e.getMessage() + "; see " + name + " --help";
    }

    private int report(Throwable failure) {
        return switch (failure) {
            case ClosedOutputException _ -> DONE;
            case UncheckedIOException e -> report(e.getMessage(), e, OUR_FAULT);
            case QuernException e -> report(e.getMessage(), e, USERS_MISTAKE);
            case OutOfMemoryError e ->
                report("not enough memory: " + e.getMessage() + "; a smaller --context needs less, and "
                        + "QUERN_JAVA_OPTS=-Xmx... allows more", e, OUR_FAULT);
            default ->
                report("internal error: " + failure + (debug() ? "" : " (--debug shows where)"), failure, OUR_FAULT);
        };
    }

    private int report(String message, Throwable failure, int code) {
        context.terminal().message("quern: " + message);
        if (debug()) {
            failure.printStackTrace(context.terminal().error());
        }
        return code;
    }

    private boolean debug() {
        return top.debug() || System.getenv("QUERN_DEBUG") != null;
    }
}
