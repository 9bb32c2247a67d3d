package io.quern.cli;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.checkpoint.Checkpoint;
import io.quern.gguf.GgufCheckpoint;
import java.nio.file.Path;

/** The commands' engine: this runtime. */
final class RuntimeEngine implements Engine {
    @Override
    public Answerer load(LoadSettings settings, Terminal terminal) {
        throw new QuernException("models cannot be run yet: inspect and tokenize are all that this version does");
    }

    @Override
    public Tokenizer tokenizer(Path model) {
        try (Checkpoint checkpoint = GgufCheckpoint.open(model)) {
            return checkpoint.tokenizer();
        }
    }

    @Override
    public ModelReport inspect(Path model, int contextLength) {
        try (Checkpoint checkpoint = GgufCheckpoint.open(model)) {
            return CheckpointReport.of(checkpoint, contextLength);
        }
    }
}
