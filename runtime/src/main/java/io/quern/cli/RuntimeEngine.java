package io.quern.cli;

import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.Tokenizer;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import java.nio.file.Path;

/** The commands' engine: this runtime. */
final class RuntimeEngine implements Engine {
    @Override
    public Answerer load(LoadSettings settings, Terminal terminal) {
        ModelOptions options = ModelOptions.defaults()
                .withThreads(settings.threads())
                .withContextLength(settings.contextLength())
                .withWeights(settings.weights())
                .withProgress(share -> terminal.progress("loading " + Math.round(100 * share) + " %"));
        Model model = settings.model().isPresent()
                ? Model.load(settings.model().get(), options) : Model.loadPocketGuide(options);
        terminal.clearProgress();
        return new ModelAnswerer(model);
    }

    @Override
    public Tokenizer tokenizer(Path model) {
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            return checkpoint.tokenizer();
        }
    }

    @Override
    public ModelReport inspect(Path model, int contextLength) {
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            return CheckpointReport.of(checkpoint, contextLength);
        }
    }
}
