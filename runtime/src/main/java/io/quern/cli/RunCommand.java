package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.GenerationOptions;
import io.quern.ModelOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Answers one prompt.", footerHeading = "%nExamples:%n", footer = {
    "  quern run model.gguf -p \"Why is the sky blue?\"",
    "  quern run model.gguf -f question.txt -n 200 --temperature 0",
    "  git diff | quern run model.gguf --system \"Describe this change in one line.\"",
    "  quern run model.gguf --messages conversation.json --json",
    "  quern run model.gguf --raw -p \"Once upon a time\" -n 64"})
final class RunCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL",
            description = "A GGUF file or a folder. Without one: the small model inside.")
    private Path model;

    @Mixin
    private PromptOptions prompt;

    @Option(names = "--json", description = {
        "Print one JSON object instead of the text:", "prompt_ids, ids, text, finish_reason, timings."})
    private boolean json;

    @Mixin
    private AnswerOptions options;

    RunCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        options.check();
        ModelOptions loading = options.model();
        Terminal terminal = context.terminal();
        // Everything that can be wrong with the arguments is found before the model is loaded.
        String raw = prompt.raw() ? prompt.text(context.input(), terminal) : null;
        List<ChatMessage> messages = raw == null ? prompt.messages(context.input(), terminal) : null;
        try (Answerer answerer = context.engine().load(Optional.ofNullable(model), loading, terminal)) {
            GenerationOptions generation = options.generation(answerer.samplingDefaults());
            Output output = context.output();
            Consumer<String> pieces = json ? piece -> {} : output::print;
            Answer answer = raw != null
                    ? answerer.complete(raw, generation, pieces, () -> false)
                    : answerer.answer(messages, generation, pieces, () -> false);
            output.line(json ? JsonText.of(answer.toJson()) : "");
            if (!json) {
                terminal.remark(answer.summary());
            }
        }
        return 0;
    }
}
