package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.Generation;
import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
        Output output = context.output();
        Terminal terminal = context.terminal();
        // Everything that can be wrong with the arguments is found before the model is loaded.
        String raw = prompt.raw() ? prompt.text(context.input(), terminal) : null;
        List<ChatMessage> messages = raw == null ? prompt.messages(context.input(), terminal) : null;
        try (Model loaded = Models.load(model, loading, terminal); Session session = loaded.newSession()) {
            if (raw == null) {
                Models.explainTemplate(loaded, terminal);
            }
            int[] ids = raw != null ? loaded.tokenizer().encode(raw) : loaded.chatPrompt(messages);
            Generation generation = session.generate(ids, options.generation(loaded.samplingDefaults()));
            for (String piece : generation) {
                if (!json) {
                    output.print(piece);
                }
            }
            Answer answer = new Answer(ids, generation.result());
            output.line(json ? JsonText.of(answer.toJson()) : "");
            if (!json) {
                terminal.remark(Answer.summary(answer.result()));
            }
        }
        return 0;
    }
}
