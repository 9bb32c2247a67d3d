package io.quern.cli;

import io.quern.ModelOptions;
import io.quern.Tokenizer;
import java.nio.file.Path;
import java.util.Optional;

/** What the commands need of the runtime: one implementation over the public API, another one for tests. */
interface Engine {
    /**
     * Loads a model, showing progress.
     *
     * @param model a file, or empty for the pocket guide
     * @throws io.quern.QuernException if it cannot be used
     */
    Answerer load(Optional<Path> model, ModelOptions options, Terminal terminal);

    /** A model's tokenizer, without its weights. */
    Tokenizer tokenizer(Path model);
}
