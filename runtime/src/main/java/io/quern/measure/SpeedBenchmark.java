package io.quern.measure;

import io.quern.WeightStorage;
import io.quern.checkpoint.Checkpoint;
import io.quern.model.ForwardPass;
import io.quern.model.KernelWarmUp;
import io.quern.model.TransformerWeights;
import io.quern.model.WeightLoader;
import io.quern.model.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/**
 * How fast a model reads a prompt (pp) and writes an answer (tg), in llama-bench's terms: a prompt of random tokens in
 * an empty context; then, in an empty context too, one token after another.
 */
public final class SpeedBenchmark implements AutoCloseable {
    /** Warm-up ends when two runs in a row differ by less than this ... */
    private static final double STABLE = 0.03;
    /** ... or after so many runs ... */
    private static final int MAX_WARM_UP_RUNS = 12;
    /** ... or so many seconds. */
    private static final double MAX_WARM_UP_SECONDS = 30;

    private final Arena arena = Arena.ofShared();
    private final Checkpoint checkpoint;
    private final Workers workers;
    private final TransformerWeights weights;
    private final boolean exact;
    private final int[] ids;

    /**
     * Loads a model.
     *
     * @param checkpoint closed together with this, also if this fails
     * @param threads 0 for one a core
     * @param exact f32 activations everywhere
     * @param storage where the weights live
     * @param tokens the longest run that will be asked for
     */
    public SpeedBenchmark(Checkpoint checkpoint, int threads, boolean exact, WeightStorage storage, int tokens,
            DoubleConsumer progress) {
        this.checkpoint = checkpoint;
        this.workers = threads == 0 ? new Workers() : new Workers(threads);
        boolean mapped = storage == WeightStorage.MAPPED;
        try (KernelWarmUp warmUp = new KernelWarmUp(exact)) {
            this.weights = WeightLoader.load(checkpoint, mapped, workers, arena, progress, warmUp);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        this.exact = exact;
        int vocabulary = checkpoint.config().vocabularySize();
        this.ids = new SplittableRandom(1).ints(tokens, 0, vocabulary).toArray();
    }

    /** Seconds of every counted run of one kind. */
    public record Runs(int tokens, double[] seconds) {
        /** Tokens a second of every run. */
        public double[] rates() {
            return Arrays.stream(seconds).map(each -> tokens / each).toArray();
        }

        /** The median of {@link #rates}. */
        public double median() {
            double[] sorted = rates();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }

        /** Half the distance between the fastest and the slowest run. */
        public double spread() {
            double[] sorted = rates();
            Arrays.sort(sorted);
            return (sorted[sorted.length - 1] - sorted[0]) / 2;
        }
    }

    /** Reads a prompt of so many tokens, again and again. */
    public Runs prompt(int tokens, int runs, Consumer<String> progress) {
        return measure("pp" + tokens, tokens, runs, progress, pass -> {
            for (int from = 0; from < tokens; from += ForwardPass.MAX_BATCH) {
                pass.forward(ids, from, Math.min(ForwardPass.MAX_BATCH, tokens - from), from);
            }
            int last = (tokens - 1) % ForwardPass.MAX_BATCH;
            pass.logits(last, 1, new float[checkpoint.config().vocabularySize()]);
        });
    }

    /** Writes so many tokens, again and again. */
    public Runs generation(int tokens, int runs, Consumer<String> progress) {
        float[] logits = new float[checkpoint.config().vocabularySize()];
        return measure("tg" + tokens, tokens, runs, progress, pass -> {
            for (int position = 0; position < tokens; position++) {
                pass.forward(ids, position, 1, position);
                pass.logits(0, 1, logits);
            }
        });
    }

    private Runs measure(String name, int tokens, int runs, Consumer<String> progress, Consumer<ForwardPass> work) {
        try (ForwardPass pass = new ForwardPass(weights, workers, tokens, exact)) {
            double spent = 0;
            double previous = Double.POSITIVE_INFINITY;
            for (int i = 1; i <= MAX_WARM_UP_RUNS && spent < MAX_WARM_UP_SECONDS; i++) {
                progress.accept(name + ": warm-up " + i);
                double seconds = time(pass, work);
                spent += seconds;
                if (i > 2 && Math.abs(seconds - previous) < STABLE * seconds) {
                    break;
                }
                previous = seconds;
            }
            double[] seconds = new double[runs];
            for (int i = 0; i < runs; i++) {
                progress.accept(name + ": run " + (i + 1) + " of " + runs);
                seconds[i] = time(pass, work);
            }
            return new Runs(tokens, seconds);
        }
    }

    private static double time(ForwardPass pass, Consumer<ForwardPass> work) {
        long start = System.nanoTime();
        work.accept(pass);
        return (System.nanoTime() - start) / 1e9;
    }

    /** The machine's peaks with the same workers. */
    public MachinePeaks peaks() {
        return MachinePeaks.measure(workers);
    }

    /** Bytes of weights that one generated token reads. */
    public long weightBytes() {
        return weights.byteSize();
    }

    /**
     * Multiply-adds of a prompt of so many tokens in the linear layers, the output for its last token alone included.
     */
    public long promptMultiplyAdds(int tokens) {
        return weights.layerParameters() * tokens + weights.outputParameters();
    }

    /** Threads at work. */
    public int threads() {
        return workers.threadCount();
    }

    /** Kernel layouts in use. */
    public TransformerWeights weights() {
        return weights;
    }

    @Override
    public void close() {
        workers.close();
        arena.close();
        checkpoint.close();
    }
}
