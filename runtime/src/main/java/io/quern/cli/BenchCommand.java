package io.quern.cli;

import io.quern.ActivationPrecision;
import io.quern.QuernException;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import io.quern.kernels.CpuConstants;
import io.quern.measure.MachinePeaks;
import io.quern.measure.ModelShape;
import io.quern.measure.RandomCheckpoint;
import io.quern.measure.SpeedBenchmark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "bench", description = {
    "Measures how fast a model reads a prompt (pp) and writes an answer (tg), in tokens a second,",
    "beside what the machine can do at best."}, footerHeading = "%nExamples:%n",
        footer = {
            "  quern bench model.gguf",
            "  quern bench model.gguf -p 512 -n 64 -r 5 --threads 4 --json",
            "  quern bench --shape yi-6b --layers 8 --weights q4_0",
            "  quern bench --shape yi-6b --layers 8 --weights gptq-4,mapped"})
final class BenchCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL",
            description = "A GGUF file or a folder. Or give --shape.")
    private Path model;

    @Option(names = {"-p", "--prompt-tokens"}, paramLabel = "N", defaultValue = "256",
            description = "Tokens of the prompt. Default: ${DEFAULT-VALUE}; 0: leave this out.")
    private int promptTokens;

    @Option(names = {"-n", "--answer-tokens"}, paramLabel = "N", defaultValue = "48",
            description = "Tokens of the answer. Default: ${DEFAULT-VALUE}; 0: leave this out.")
    private int answerTokens;

    @Option(names = {"-r", "--runs"}, paramLabel = "N", defaultValue = "3",
            description = "Counted runs of each, after a warm-up. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with. Default: one for each core.")
    private Integer threads;

    @Option(names = "--activations", paramLabel = "KIND", defaultValue = "default",
            description = "default, or f32 for exact arithmetic.")
    private String activations;

    @Option(names = "--shape", paramLabel = "NAME", description = {
        "Random weights in the shape of a real model:", "yi-6b, yi-9b, yi-34b, llama-3-8b, mistral-7b, qwen2-5-7b,",
        "tinyllama-1-1b, smollm2-135m."})
    private String shape;

    @Option(names = "--layers", paramLabel = "N", description = "With --shape: so many layers. Default: all.")
    private Integer layers;

    @Option(names = "--weights", paramLabel = "KIND", split = ",", description = {
        "auto, packed or mapped, as for quern run. Default: auto.",
        "With --shape a format too, after a comma: q4_0, q4_1, q8_0,",
        "q4_k, q5_k, q6_k, q4_k_m, f16, bf16, or in groups of 128",
        "(gptq-4-g32: of 32) awq-4, gptq-4, gptq-4-act-order, gptq-8,",
        "gptq-8-act-order. Default: q4_0."})
    private List<String> weightWords = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    BenchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        check();
        BenchWeights weights = BenchWeights.parse(weightWords, shape != null);
        boolean exact = Precisions.parse(activations) == ActivationPrecision.F32;
        Terminal terminal = context.terminal();
        int longest = Math.max(promptTokens, answerTokens);
        try (SpeedBenchmark benchmark = new SpeedBenchmark(open(weights), threads == null ? 0 : threads, exact,
                weights.storage(), longest, share -> terminal.progress("loading " + Math.round(100 * share) + " %"))) {
            SpeedBenchmark.Runs prompt =
                    promptTokens == 0 ? null : benchmark.prompt(promptTokens, runs, terminal::progress);
            SpeedBenchmark.Runs answer =
                    answerTokens == 0 ? null : benchmark.generation(answerTokens, runs, terminal::progress);
            terminal.progress("measuring the machine");
            MachinePeaks peaks = benchmark.peaks();
            terminal.clearProgress();
            report(weights, benchmark, prompt, answer, peaks);
        }
        return 0;
    }

    private void check() {
        if ((model == null) == (shape == null)) {
            throw new QuernException(model == null ? "no model: give a file, a folder or --shape NAME"
                    : "both a model and --shape are given, expected one of them");
        }
        if (shape == null && layers != null) {
            throw new QuernException("--layers belongs to --shape, which is not given");
        }
        expect("-p", promptTokens, promptTokens >= 0, "0 or more");
        expect("-n", answerTokens, answerTokens >= 0, "0 or more");
        expect("-r", runs, runs >= 1, "1 or more");
        expect("--threads", threads, threads == null || threads >= 1 && threads <= 1024, "1 to 1024");
        expect("--layers", layers, layers == null || layers >= 1, "1 or more");
        if (promptTokens == 0 && answerTokens == 0) {
            throw new QuernException("-p and -n are both 0: nothing to measure");
        }
    }

    private static void expect(String option, Object value, boolean valid, String expected) {
        if (!valid) {
            throw new QuernException(option + ": " + value + " given, expected " + expected);
        }
    }

    private Checkpoint open(BenchWeights weights) {
        Checkpoint checkpoint = shape == null ? Checkpoints.open(model) : RandomCheckpoint.of(
                ModelShape.named(shape), layers == null ? 0 : layers, weights.format(), !weights.mapped());
        int contextLength = checkpoint.config().contextLength();
        if (Math.max(promptTokens, answerTokens) > contextLength) {
            checkpoint.close();
            throw new QuernException("-p " + promptTokens + " -n " + answerTokens + ": the model's context has "
                    + contextLength + " tokens");
        }
        return checkpoint;
    }

    private void report(BenchWeights weights, SpeedBenchmark benchmark, SpeedBenchmark.Runs prompt,
            SpeedBenchmark.Runs answer, MachinePeaks peaks) {
        double promptRate =
                prompt == null ? 0 : prompt.median() / promptTokens * benchmark.promptMultiplyAdds(promptTokens);
        double answerRate = answer == null ? 0 : answer.median() * benchmark.weightBytes();
        if (json) {
            context.output().line(JsonText.of(toJson(benchmark, prompt, answer, peaks, promptRate, answerRate)));
            return;
        }
        StringBuilder text = new StringBuilder();
        String name = model == null ? shape + " " + weights.format() : model.getFileName().toString();
        text.append(String.format(Locale.ROOT, "%s, %d threads, %d-bit vectors, weights %s: %s%n", name,
                benchmark.threads(),
                CpuConstants.VECTOR_BITS, ModelReport.size(benchmark.weightBytes()), benchmark.weights().layouts()));
        text.append(String.format(Locale.ROOT, "machine: reads %.1f GB/s, %.1f G f32 multiply-adds/s%n",
                peaks.readBytesPerSecond() / 1e9, peaks.multiplyAddsPerSecond() / 1e9));
        if (prompt != null) {
            text.append(
                    String.format(Locale.ROOT, "%-8s %9.2f ± %-6.2f tokens/s %9.1f GMAC/s %6.1f %% of the f32 peak%n",
                            "pp" + promptTokens, prompt.median(), prompt.spread(), promptRate / 1e9,
                            100 * promptRate / peaks.multiplyAddsPerSecond()));
        }
        if (answer != null) {
            text.append(String.format(Locale.ROOT,
                    "%-8s %9.2f ± %-6.2f tokens/s %9.1f GB/s   %6.1f %% of the read bandwidth%n",
                    "tg" + answerTokens, answer.median(), answer.spread(), answerRate / 1e9,
                    100 * answerRate / peaks.readBytesPerSecond()));
        }
        context.output().print(text.toString());
    }

    private Map<String, Object> toJson(SpeedBenchmark benchmark, SpeedBenchmark.Runs prompt, SpeedBenchmark.Runs answer,
            MachinePeaks peaks, double promptRate, double answerRate) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("model", model == null ? shape : model.toString());
        root.put("threads", benchmark.threads());
        root.put("vector_bits", CpuConstants.VECTOR_BITS);
        root.put("activations", activations);
        root.put("weight_bytes", benchmark.weightBytes());
        root.put("layouts", benchmark.weights().layouts());
        if (prompt != null) {
            Map<String, Object> pp = runs(prompt);
            pp.put("multiply_adds_per_second", promptRate);
            pp.put("share_of_f32_peak", promptRate / peaks.multiplyAddsPerSecond());
            root.put("pp", pp);
        }
        if (answer != null) {
            Map<String, Object> tg = runs(answer);
            tg.put("bytes_per_second", answerRate);
            tg.put("share_of_read_bandwidth", answerRate / peaks.readBytesPerSecond());
            root.put("tg", tg);
        }
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("read_bytes_per_second", peaks.readBytesPerSecond());
        machine.put("f32_multiply_adds_per_second", peaks.multiplyAddsPerSecond());
        root.put("machine", machine);
        return root;
    }

    private static Map<String, Object> runs(SpeedBenchmark.Runs runs) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("tokens", runs.tokens());
        object.put("median", runs.median());
        object.put("spread", runs.spread());
        object.put("runs", Arrays.stream(runs.rates()).boxed().toList());
        return object;
    }
}
