package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.Generation;
import io.quern.GenerationOptions;
import io.quern.Model;
import io.quern.ModelDescription;
import io.quern.SamplingOptions;
import io.quern.Session;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Answers by a model of this runtime, with one session for everything. */
final class ModelAnswerer implements Answerer {
    private final Model model;
    private final Session session;
    private final Terminal terminal;
    private boolean templateExplained;

    /** Takes the model over. */
    ModelAnswerer(Model model, Terminal terminal) {
        this.model = model;
        this.terminal = terminal;
        this.session = model.newSession();
        this.templateExplained = model.hasChatTemplate();
    }

    @Override
    public String description() {
        ModelDescription description = model.describe();
        return description.path() + ": " + description.architecture() + ", " + description.format() + ", "
                + description.threads() + " threads, " + description.vectorBits() + "-bit vectors";
    }

    @Override
    public SamplingOptions samplingDefaults() {
        return model.samplingDefaults();
    }

    @Override
    public Answer answer(List<ChatMessage> messages, GenerationOptions options, Consumer<String> pieces,
            BooleanSupplier cancelled) {
        if (!templateExplained) {
            terminal.message("quern: " + model.chatTemplateExplanation());
            templateExplained = true;
        }
        return generate(model.chatPrompt(messages), options, pieces, cancelled);
    }

    @Override
    public Answer complete(String text, GenerationOptions options, Consumer<String> pieces,
            BooleanSupplier cancelled) {
        return generate(model.tokenizer().encode(text), options, pieces, cancelled);
    }

    private Answer generate(int[] promptIds, GenerationOptions options, Consumer<String> pieces,
            BooleanSupplier cancelled) {
        Generation generation = session.generate(promptIds, options);
        while (generation.hasNext()) {
            pieces.accept(generation.next());
            if (cancelled.getAsBoolean()) {
                generation.cancel();
            }
        }
        return new Answer(promptIds, generation.result());
    }

    @Override
    public void close() {
        session.close();
        model.close();
    }
}
