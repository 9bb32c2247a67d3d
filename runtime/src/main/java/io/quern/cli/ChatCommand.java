package io.quern.cli;

import io.quern.Chat;
import io.quern.ChatOptions;
import io.quern.Model;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "chat", description = {
    "Talks with a model.",
    "Ctrl-C stops an answer, Ctrl-D or /quit ends the chat, /help lists what else one can type."},
        footerHeading = "%nExamples:%n", footer = {
            "  quern chat",
            "  quern chat model.gguf",
            "  quern chat model.gguf --system \"Answer briefly.\" --temperature 0.3"})
final class ChatCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL",
            description = "A GGUF file or a folder. Without one: the small model inside.")
    private Path model;

    @Option(names = "--system", paramLabel = "TEXT", defaultValue = "",
            description = "What the model is told before the conversation.")
    private String system;

    @Mixin
    private AnswerOptions options;

    ChatCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        options.check();
        Terminal terminal = context.terminal();
        try (Model loaded = Models.load(model, options.model(), terminal);
                Chat chat = loaded.chat(ChatOptions.defaults().withSystem(system)
                        .withGeneration(options.generation(loaded.samplingDefaults())))) {
            Models.explainTemplate(loaded, terminal);
            terminal.remark(Models.describe(loaded) + " - /help lists commands");
            ChatLoop loop = new ChatLoop(chat, system, context);
            Interrupts.handle(loop::interrupt);
            loop.run();
        }
        return 0;
    }
}
