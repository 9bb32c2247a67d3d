package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.FinishReason;
import io.quern.Generation;
import io.quern.GenerationResult;
import io.quern.Model;
import io.quern.ModelDescription;
import io.quern.SamplingOptions;
import io.quern.Session;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Answers with a loaded model, in one session: what successive prompts have in common stays in its cache. */
final class ModelAnswerer implements Answerer {
    private final Model model;
    private final Session session;

    /** @param model closed together with this */
    ModelAnswerer(Model model) {
        this.model = model;
        this.session = model.newSession();
    }

    @Override
    public String description() {
        ModelDescription description = model.describe();
        return description.path() + ": " + description.architecture() + ", " + description.format() + ", "
                + description.threads() + " threads, " + description.vectorBits() + "-bit vectors"
                + (model.hasChatTemplate() ? "" : "\n" + model.chatTemplateExplanation());
    }

    @Override
    public Answer answer(List<ChatMessage> messages, GenerationSettings settings, Consumer<String> pieces,
            BooleanSupplier cancelled) {
        return generate(model.chatPrompt(messages), settings, pieces, cancelled);
    }

    @Override
    public Answer complete(String text, GenerationSettings settings, Consumer<String> pieces, BooleanSupplier cancelled) {
        return generate(model.tokenizer().encode(text), settings, pieces, cancelled);
    }

    private Answer generate(int[] promptIds, GenerationSettings settings, Consumer<String> pieces,
            BooleanSupplier cancelled) {
        Generation generation = session.generate(promptIds, options(settings));
        while (generation.hasNext()) {
            pieces.accept(generation.next());
            if (cancelled.getAsBoolean()) {
                generation.cancel();
            }
        }
        GenerationResult result = generation.result();
        return new Answer(promptIds, result.ids(), result.text(), name(result.finishReason()),
                result.newPromptTokens(), result.promptNanos() / 1e9, result.generationNanos() / 1e9);
    }

    private static String name(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    private static io.quern.GenerationOptions options(GenerationSettings settings) {
        SamplingOptions sampling = SamplingOptions.defaults()
                .withTemperature(settings.temperature())
                .withTopK(settings.topK())
                .withTopP(settings.topP())
                .withMinP(settings.minP());
        if (settings.seed().isPresent()) {
            sampling = sampling.withSeed(settings.seed().getAsLong());
        }
        return io.quern.GenerationOptions.defaults()
                .withMaxTokens(Math.max(0, settings.maxTokens()))
                .withSampling(sampling)
                .withStopStrings(settings.stop());
    }

    @Override
    public void close() {
        session.close();
        model.close();
    }
}
