package io.quern.cli;

import io.quern.QuernException;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "inspect", description = "Shows what is in a model file and the memory it needs, without loading it.",
        footerHeading = "%nExamples:%n", footer = {
            "  quern inspect model.gguf",
            "  quern inspect model.gguf --context 4096 --json"})
final class InspectCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A GGUF file or a folder.")
    private Path model;

    @Option(names = "--context", paramLabel = "N",
            description = "Plan the memory for so many tokens. Default: what the model was made for.")
    private Integer contextLength;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    InspectCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (contextLength != null && contextLength < 1) {
            throw new QuernException("--context: " + contextLength + " given, expected 1 or more");
        }
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            ModelReport report = CheckpointReport.of(checkpoint, contextLength == null ? 0 : contextLength);
            if (json) {
                context.output().line(JsonText.of(report.toJson()));
            } else {
                context.output().print(report.toText());
            }
        }
        return 0;
    }
}
