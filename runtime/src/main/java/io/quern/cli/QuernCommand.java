package io.quern.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code quern} itself: what all commands have in common. */
@Command(name = "quern", description = "Runs quantised language models on this machine.",
        versionProvider = QuernCommand.Version.class, synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n", footer = {
            "  quern chat",
            "  quern run model.gguf -p \"Why is the sky blue?\"",
            "  quern inspect model.gguf",
            "%nquern COMMAND --help tells more. Flags for the JVM: the variable QUERN_JAVA_OPTS."})
final class QuernCommand {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    boolean debug() {
        return debug;
    }

    static final class Version implements IVersionProvider {
        /** From the jar's manifest. */
        @Override
        public String[] getVersion() {
            String version = QuernCommand.class.getPackage().getImplementationVersion();
            return new String[] {"quern " + (version == null ? "(not packaged)" : version)};
        }
    }
}
