package io.quern.cli;

import io.quern.ActivationPrecision;
import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.QuernException;
import io.quern.measure.Perplexity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "perplexity", description = {
    "Measures how well a model predicts a text and, beside a reference, how far its predictions",
    "are from the reference's (Kullback-Leibler divergence)."}, footerHeading = "%nExamples:%n",
        footer = {
            "  quern perplexity model.gguf -f book.txt",
            "  quern perplexity model.gguf -f book.txt --reference self",
            "  quern perplexity model-Q4_0.gguf -f book.txt --reference model-BF16.gguf --json"})
final class PerplexityCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A GGUF file or a folder.")
    private Path model;

    @Option(names = {"-f", "--file"}, paramLabel = "FILE", required = true, description = "The text.")
    private Path file;

    @Option(names = "--bytes", paramLabel = "N", description = "Take the first N bytes of the text. Default: all.")
    private Integer bytes;

    @Option(names = "--context", paramLabel = "N", defaultValue = "512",
            description = "Tokens of a chunk; the second half of each is scored. Default: ${DEFAULT-VALUE}.")
    private int contextLength;

    @Option(names = "--chunks", paramLabel = "N", description = "Stop after so many chunks. Default: all.")
    private Integer chunks;

    @Option(names = "--reference", paramLabel = "MODEL",
            description = "Compare with this model in exact f32 arithmetic; self: with the same one.")
    private String reference;

    @Option(names = "--activations", paramLabel = "KIND", defaultValue = "default",
            description = "default, or f32 for exact arithmetic.")
    private String activations;

    @Option(names = "--decode",
            description = "One token after another, as answers are written, instead of as a prompt.")
    private boolean decode;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with. Default: one for each core.")
    private Integer threads;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    PerplexityCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ActivationPrecision precision = Precisions.parse(activations);
        if (bytes != null && bytes < 1 || chunks != null && chunks < 1
                || threads != null && (threads < 1 || threads > 1024)) {
            throw new QuernException("--bytes, --chunks and --threads: expected 1 or more");
        }
        byte[] text = Input.bytes(file);
        int length = bytes == null ? text.length : Math.min(bytes, text.length);
        String scored = new String(Arrays.copyOf(text, length), StandardCharsets.UTF_8);
        try (Model subject = load(model, precision); Model other = loadReference()) {
            int[] ids = subject.tokenizer().encode(scored, false, false);
            Perplexity.Result result =
                    Perplexity.measure(subject, decode ? Perplexity.Way.DECODE : Perplexity.Way.PREFILL,
                            other, ids, contextLength, chunks == null ? 0 : chunks, context.terminal()::progress);
            context.terminal().clearProgress();
            print(result);
        }
        return 0;
    }

    private Model loadReference() {
        return reference == null ? null
                : load(reference.equals("self") ? model : Path.of(reference), ActivationPrecision.F32);
    }

    private Model load(Path path, ActivationPrecision precision) {
        return Model.load(path, ModelOptions.defaults()
                .withThreads(threads == null ? 0 : threads)
                .withActivations(precision)
                .withProgress(share -> context.terminal().progress("loading " + Math.round(100 * share) + " %")));
    }

    private void print(Perplexity.Result result) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("model", model.toString());
            object.put("activations", activations);
            object.put("way", decode ? "decode" : "prefill");
            object.put("context", contextLength);
            object.put("chunks", result.chunks());
            object.put("scored", result.scored());
            object.put("perplexity", result.perplexity());
            if (reference != null) {
                object.put("reference", reference);
                object.put("reference_perplexity", result.referencePerplexity());
                object.put("mean_kl", result.meanDivergence());
                object.put("same_top", result.sameTop());
            }
            context.output().line(JsonText.of(object));
            return;
        }
        context.output().line(String.format(Locale.ROOT, "perplexity %.4f (%d tokens scored in %d chunks of %d)",
                result.perplexity(), result.scored(), result.chunks(), contextLength));
        if (reference != null) {
            context.output().line(String.format(Locale.ROOT,
                    "reference  %.4f; mean divergence %.6f nats, the same best token in %.2f %%",
                    result.referencePerplexity(), result.meanDivergence(), 100 * result.sameTop()));
        }
    }
}
