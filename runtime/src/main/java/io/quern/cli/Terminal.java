package io.quern.cli;

import java.io.Console;
import java.io.PrintStream;

/**
 * Standard error, where everything goes that is not the answer: messages, prompts, progress. Colour and progress only
 * where a person sees them.
 */
final class Terminal {
    private static final int DEFAULT_COLUMNS = 80;

    private final PrintStream error;
    private final boolean inputIsTerminal;
    private final boolean outputIsTerminal;
    private final boolean errorIsTerminal;
    private final boolean colour;
    private final int columns;
    private boolean progressShown;

    /**
     * @param terminals the numbers of those of the descriptors 0, 1 and 2 that are terminals
     * @param columns the terminal's width, or 0 if it is not known
     */
    Terminal(PrintStream error, String terminals, int columns, boolean colour) {
        this.error = error;
        this.inputIsTerminal = terminals.contains("0");
        this.outputIsTerminal = terminals.contains("1");
        this.errorIsTerminal = terminals.contains("2");
        this.colour = colour && errorIsTerminal;
        this.columns = columns > 0 ? columns : DEFAULT_COLUMNS;
    }

    /** The terminal of this process, as the launcher found it; without the launcher, as far as the JDK can tell. */
    static Terminal ofProcess(PrintStream error) {
        String terminals = System.getProperty("quern.terminals");
        if (terminals == null) {
            Console console = System.console();
            terminals = console != null && console.isTerminal() ? "012" : "";
        }
        String noColour = System.getenv("NO_COLOR");
        boolean colour = (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(error, terminals, Integer.getInteger("quern.columns", 0), colour);
    }

    /** Whether a person types the input. */
    boolean inputIsTerminal() {
        return inputIsTerminal;
    }

    boolean outputIsTerminal() {
        return outputIsTerminal;
    }

    boolean errorIsTerminal() {
        return errorIsTerminal;
    }

    PrintStream error() {
        return error;
    }

    boolean colour() {
        return colour;
    }

    /** The text in a faint colour, if colours are shown. */
    String dim(String text) {
        return colour ? "\033[2m" + text + "\033[0m" : text;
    }

    /** Prints a line. */
    synchronized void message(String text) {
        clearProgress();
        error.println(text);
        error.flush();
    }

    /** Prints a text without ending the line. */
    synchronized void print(String text) {
        clearProgress();
        error.print(text);
        error.flush();
    }

    /** Prints a faint line that only people want, such as tokens per second: nothing if nobody watches. */
    void remark(String text) {
        if (errorIsTerminal) {
            message(dim(text));
        }
    }

    /** Replaces the progress line; nothing if nobody watches. */
    synchronized void progress(String text) {
        if (errorIsTerminal) {
            String line = text.length() < columns ? text : text.substring(0, columns - 1);
            error.print("\r\033[K" + dim(line));
            error.flush();
            progressShown = true;
        }
    }

    /** Takes the progress line away. */
    synchronized void clearProgress() {
        if (progressShown) {
            error.print("\r\033[K");
            error.flush();
            progressShown = false;
        }
    }
}
