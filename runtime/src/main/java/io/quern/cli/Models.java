package io.quern.cli;

import io.quern.Model;
import io.quern.ModelDescription;
import io.quern.ModelOptions;
import java.nio.file.Path;

/** Models as {@code chat} and {@code run} load them. */
final class Models {
    private Models() {}

    /**
     * Loads a model, showing progress and warnings.
     *
     * @param path a file or folder, or null for the pocket guide
     */
    static Model load(Path path, ModelOptions options, Terminal terminal) {
        String name = path == null ? "the pocket guide" : path.toString();
        ModelOptions shown = options.withProgress(
                share -> terminal.progress("loading " + name + ": " + Math.round(100 * share) + " %"));
        Model model = path == null ? Model.loadPocketGuide(shown) : Model.load(path, shown);
        terminal.clearProgress();
        model.warnings().forEach(warning -> terminal.message("quern: " + warning));
        return model;
    }

    /** Tells which chat template stands in for one that the model does not have. */
    static void explainTemplate(Model model, Terminal terminal) {
        if (!model.hasChatTemplate()) {
            terminal.message("quern: " + model.chatTemplateExplanation());
        }
    }

    /** The model in one line, for people. */
    static String describe(Model model) {
        ModelDescription description = model.describe();
        return description.path() + ": " + description.architecture() + ", " + description.format() + ", "
                + description.threads() + " threads, " + description.vectorBits() + "-bit vectors";
    }
}
