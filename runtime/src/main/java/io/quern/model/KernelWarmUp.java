package io.quern.model;

import io.quern.checkpoint.ModelConfig;
import io.quern.kernels.Activations;
import io.quern.kernels.Attention;
import io.quern.kernels.AttentionScratch;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import io.quern.kernels.KvCache;
import io.quern.kernels.LinearWeights;
import io.quern.kernels.PackedMatrix;
import io.quern.kernels.Residual;
import io.quern.kernels.RmsNorm;
import io.quern.kernels.RotaryEmbedding;
import io.quern.kernels.Scratch;
import io.quern.kernels.SiLu;
import io.quern.kernels.TensorType;
import io.quern.kernels.VectorActivations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Has the JVM compile the kernels while a model loads, by tiny calls of each from threads of its own: vector code that
 * is not compiled yet is about a thousand times slower, so that the first tokens would take longer than all of loading.
 *
 * <p>What all models need comes first, while the file's header is read; then the types of weights that the model has;
 * last their matrix-matrix products, which a small model's short prompt does not need.
 * Nothing of the model or of a session is written.
 *
 * <p>A call is repeated until it is as fast as compiled code, or until {@link #close}. How fast that is need not be
 * known well: between compiled code and the rest lies a factor of a hundred.
 */
public final class KernelWarmUp implements AutoCloseable {
    /**
     * Compiled code needs less for an element or a multiply-add, on any machine; other code needs ten times as much.
     */
    private static final double NANOS_PER_OPERATION = 2;

    private static final double NANOS_PER_CALL = 20_000;

    /** Calls in a row that must be fast: one may have been spared its slow part. */
    private static final int FAST_CALLS = 3;

    /** One waits for the compiler while the other runs. */
    private static final int THREADS = 2;

    /** Four and two: most kernels take four tokens at once, and two have one of their own. */
    private static final int TOKENS = 6;

    /** Inputs of the operations on activations. */
    private static final int LENGTH = 128;

    /** Size and number of heads: some for each of the kernels that take one, four or eight at once. */
    private static final int HEAD_SIZE = 32;

    private static final int HEADS = 5;

    /** Length of the context: a panel of keys and a part of the next. */
    private static final int POSITIONS = 40;

    /** Shape of the weights that stand for a model's. */
    private static final int ROWS = 64;

    private static final int COLUMNS = 64;

    /** Ends a thread. */
    private static final Runnable END = () -> {};

    private final boolean exact;
    private final Activations.Precision precision;
    private final Set<String> layouts = new HashSet<>();
    private final BlockingDeque<Runnable> waiting = new LinkedBlockingDeque<>();
    private final Thread[] threads = new Thread[THREADS];
    private volatile boolean unpacks = true;
    private volatile boolean stopped;
    private volatile Throwable failure;

    /**
     * Starts with what all models need.
     *
     * @param exact whether sessions will be, see {@link ForwardPass}
     */
    public KernelWarmUp(boolean exact) {
        this.exact = exact;
        this.precision = exact ? Activations.Precision.F32 : Activations.Precision.INTEGER;
        waiting.add(this::attention);
        waiting.add(this::activations);
        add(TensorType.Q4_0); // other layouts share kernels with it
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(this::run, "quern-warm-up-" + i);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    /** Adds what the model's configuration tells: its rotary embedding, and whether short prompts unpack weights. */
    void add(ModelConfig config, long weights) {
        unpacks = ForwardPass.fewTokens(weights) < ForwardPass.MOST_FEW_TOKENS / 2;
        waiting.addFirst(() -> rotation(config.rope()));
    }

    /** Adds the products with weights that will be packed, where that can be known. For one thread. */
    void expect(LinearWeights weights) {
        if (weights instanceof BlockWeights blocks) {
            add(blocks.type());
        }
    }

    /**
     * Adds the products with a matrix that was packed from these weights, unless ones like them were seen before. For
     * one thread.
     */
    void add(LinearWeights weights, PackedMatrix matrix) {
        switch (weights) {
            case BlockWeights blocks -> add(blocks.type());
            case GroupWeights _ -> {
                if (layouts.add(matrix.layout())) {
                    waiting.addFirst(() -> vectorProducts(matrix));
                    waiting.addLast(() -> matrixProducts(matrix));
                }
            }
        }
    }

    /** Adds the products with weights of a type, unless it was seen before: with a few of them, all zero. */
    private void add(TensorType type) {
        if (layouts.add(type.name())) {
            waiting.addFirst(() -> {
                int columns = Math.max(COLUMNS, type.elementsPerBlock());
                Arena arena = Arena.ofAuto();
                MemorySegment zeros = arena.allocate(ROWS * type.byteSize(columns));
                PackedMatrix matrix = PackedMatrix.pack(new BlockWeights(type, ROWS, columns, zeros), arena);
                vectorProducts(matrix);
                waiting.addLast(() -> matrixProducts(matrix));
            });
        }
    }

    /**
     * Ends it as soon as the calls that run now return, for they read weights. Nothing waits for what is not compiled:
     * a small model's first prompt compiles the rest as fast.
     *
     * @throws IllegalStateException if a call failed
     */
    @Override
    public void close() {
        cancel();
        if (failure != null) {
            throw new IllegalStateException("warming up the kernels failed", failure);
        }
    }

    /** As {@link #close}, when loading has failed, which is all that matters then. */
    public void cancel() {
        stopped = true;
        boolean interrupted = false;
        for (int i = 0; i < THREADS; i++) {
            waiting.addFirst(END);
        }
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopped) {
                Runnable next = waiting.take();
                if (next == END) {
                    return;
                }
                next.run();
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Repeats a call of so many elements or multiply-adds until it is fast. */
    private void repeat(long operations, Runnable call) {
        double limit = NANOS_PER_CALL + NANOS_PER_OPERATION * operations;
        for (int fast = 0; fast < FAST_CALLS && !stopped;) {
            long start = System.nanoTime();
            call.run();
            fast = System.nanoTime() - start < limit ? fast + 1 : 0;
        }
    }

    private void vectorProducts(PackedMatrix matrix) {
        int rows = Math.min(matrix.rows(), matrix.tileRows());
        Scratch scratch = new Scratch();
        float[] x = values(matrix.columns());
        float[] y = new float[rows];
        VectorActivations vector = new VectorActivations();
        repeat((long) rows * matrix.columns(), () -> {
            vector.set(x, 0, precision, matrix);
            matrix.multiplyVector(vector, scratch, y, 0, 0, rows);
        });
    }

    private void matrixProducts(PackedMatrix matrix) {
        if (!unpacks) {
            return;
        }
        int rows = Math.min(matrix.rows(), matrix.tileRows());
        Scratch scratch = new Scratch();
        float[] x = values(TOKENS * matrix.columns());
        float[] y = new float[TOKENS * rows];
        Activations batch = new Activations(TOKENS, matrix.columns());
        repeat((long) TOKENS * rows * matrix.columns(), () -> {
            batch.reset(TOKENS, precision, matrix);
            batch.prepare(x, 0, matrix.columns(), 0, batch.units());
            matrix.multiplyMatrix(batch, y, 0, rows, 0, rows, scratch);
        });
    }

    private void activations() {
        float[] x = values(LENGTH);
        float[] weight = values(LENGTH);
        float[] y = new float[LENGTH];
        repeat(LENGTH, () -> {
            RmsNorm.row(x, 0, weight, 1e-5f, y, 0, LENGTH);
            Residual.add(y, 0, x, 0, LENGTH);
        });
        repeat(LENGTH, () -> SiLu.gate(x, 0, weight, 0, y, 0, LENGTH));
    }

    private void rotation(ModelConfig.Rope parameters) {
        RotaryEmbedding rope = ForwardPass.rotaryEmbedding(parameters);
        float[] table = new float[rope.tableStride()];
        float[] x = values(HEADS * parameters.dimension());
        rope.fillTable(1, 1, table, 0);
        repeat(x.length, () -> rope.rotate(x, 0, HEADS, parameters.dimension(), table, 0));
    }

    /** A batch, then single tokens, at the end of a context. */
    private void attention() {
        int width = HEADS * HEAD_SIZE;
        float[] query = values(TOKENS * width);
        float[] key = values(HEAD_SIZE);
        float[] out = new float[query.length];
        Attention attention = new Attention(HEADS, 1, HEAD_SIZE);
        AttentionScratch scratch = attention.newScratch();
        try (KvCache cache = new KvCache(exact ? TensorType.F32 : TensorType.F16, 1, 1, HEAD_SIZE, POSITIONS)) {
            cache.ensure(POSITIONS);
            repeat(POSITIONS * HEAD_SIZE, () -> {
                for (int position = 0; position < POSITIONS; position++) {
                    cache.store(0, position, key, 0, key, 0);
                }
            });
            for (int count : new int[] {TOKENS, 1}) {
                repeat((long) count * width * POSITIONS, () -> {
                    int chunks = attention.begin(
                            cache, 0, 0, POSITIONS - count, count, query, 0, width, out, 0, width);
                    for (int chunk = 0; chunk < chunks; chunk++) {
                        attention.compute(chunk, scratch);
                    }
                });
            }
        }
    }

    /** Numbers between -1 and 1. */
    private static float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (i * 37 & 255) / 128f - 1;
        }
        return values;
    }
}
