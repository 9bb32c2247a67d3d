package io.quern.cli;

import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.Tokenizer;
import io.quern.checkpoint.Checkpoints;
import java.nio.file.Path;
import java.util.Optional;

/** The commands' engine: this runtime. */
final class RuntimeEngine implements Engine {
    @Override
    public Answerer load(Optional<Path> path, ModelOptions options, Terminal terminal) {
        String name = path.map(Path::toString).orElse("the pocket guide");
        ModelOptions shown = options.withProgress(
                share -> terminal.progress("loading " + name + ": " + Math.round(100 * share) + " %"));
        Model model = path.isPresent() ? Model.load(path.get(), shown) : Model.loadPocketGuide(shown);
        terminal.clearProgress();
        try {
            model.warnings().forEach(warning -> terminal.message("quern: " + warning));
            return new ModelAnswerer(model, terminal);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    @Override
    public Tokenizer tokenizer(Path model) {
        return Checkpoints.tokenizer(model);
    }
}
