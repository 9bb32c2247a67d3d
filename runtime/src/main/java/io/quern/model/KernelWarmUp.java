package io.quern.model;

import io.quern.checkpoint.ModelConfig;
import io.quern.kernels.Activations;
import io.quern.kernels.Attention;
import io.quern.kernels.AttentionScratch;
import io.quern.kernels.KvCache;
import io.quern.kernels.PackedMatrix;
import io.quern.kernels.Residual;
import io.quern.kernels.RmsNorm;
import io.quern.kernels.RotaryEmbedding;
import io.quern.kernels.Scratch;
import io.quern.kernels.SiLu;
import io.quern.kernels.TensorType;
import io.quern.kernels.VectorActivations;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Has the JVM compile the kernels while weights load, by tiny calls of each from a thread of its own: vector code that is not
 * compiled yet is about a thousand times slower, so that the first tokens would take longer than the whole of loading.
 *
 * <p>Sums and norms need the model's shape alone and come first; every layout of packed weights follows when the loader has
 * the first matrix of it, of which one tile is multiplied. Nothing of the model or of a session is written.
 *
 * <p>A call is repeated until it is as fast as compiled code, or until {@link #close}. How fast that is need not be known
 * well: between compiled code and the rest lies a factor of a hundred.
 */
final class KernelWarmUp implements AutoCloseable {
    /** Compiled code needs less for an element or a multiply-add, on any machine; other code needs ten times as much. */
    private static final double NANOS_PER_OPERATION = 2;

    private static final double NANOS_PER_CALL = 20_000;

    /** Calls in a row that must be fast: one may have been spared its slow part. */
    private static final int FAST_CALLS = 3;

    /** Loading waits no longer than this for what is not compiled when all weights are there. */
    private static final long LAST_WAIT_MILLIS = 500;

    private static final int TOKENS = 8;

    /** Inputs of the operations on activations. */
    private static final int LENGTH = 512;

    private final ModelConfig config;
    private final boolean exact;
    private final Set<String> layouts = new HashSet<>();
    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "quern-warm-up");
    private volatile boolean stopped;
    private volatile Throwable failure;

    /** Starts with what all models need. */
    KernelWarmUp(ModelConfig config, boolean exact) {
        this.config = config;
        this.exact = exact;
        waiting.add(this::activations);
        waiting.add(this::attention);
        thread.setDaemon(true);
        thread.start();
    }

    /** Warms up the kernels of a matrix, unless one in the same layout was seen before. For one thread. */
    void add(PackedMatrix matrix) {
        if (layouts.add(matrix.layout())) {
            waiting.add(() -> products(matrix));
        }
    }

    /** No more matrices will come: waits a moment for what is not done, then lets it be. */
    @Override
    public void close() {
        waiting.add(() -> stopped = true);
        boolean interrupted = false;
        try {
            thread.join(LAST_WAIT_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        stopped = true;
        while (thread.isAlive()) { // it may be reading weights, which live no longer than the loader says
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException("warming up the kernels failed", failure);
        }
    }

    private void run() {
        try {
            while (!stopped) {
                Runnable next = waiting.poll(1, TimeUnit.SECONDS);
                if (next != null) {
                    next.run();
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Repeats a call of so many elements or multiply-adds until it is fast. */
    private void repeat(long operations, Runnable call) {
        double limit = NANOS_PER_CALL + NANOS_PER_OPERATION * operations;
        for (int fast = 0; fast < FAST_CALLS && !stopped; ) {
            long start = System.nanoTime();
            call.run();
            fast = System.nanoTime() - start < limit ? fast + 1 : 0;
        }
    }

    private void products(PackedMatrix matrix) {
        int rows = Math.min(matrix.rows(), matrix.tileRows());
        long weights = (long) rows * matrix.columns();
        Scratch scratch = new Scratch();
        float[] x = values(TOKENS * matrix.columns());
        float[] y = new float[TOKENS * rows];
        Activations batch = new Activations(TOKENS, matrix.columns());
        repeat(TOKENS * weights, () -> multiply(matrix, batch, Activations.Precision.F32, x, y, rows, scratch));
        VectorActivations vector = new VectorActivations();
        repeat(weights, () -> {
            vector.set(x, 0, matrix);
            matrix.multiplyVector(vector, scratch, y, 0, 0, rows);
        });
        if (!exact && matrix.hasIntegerKernel()) {
            repeat(TOKENS * weights, () -> multiply(matrix, batch, Activations.Precision.INTEGER, x, y, rows, scratch));
        }
    }

    private static void multiply(PackedMatrix matrix, Activations batch, Activations.Precision precision, float[] x, float[] y,
            int rows, Scratch scratch) {
        batch.reset(TOKENS, precision, matrix);
        batch.prepare(x, 0, matrix.columns(), 0, batch.units());
        matrix.multiplyMatrix(batch, y, 0, rows, 0, rows, scratch);
    }

    private void activations() {
        float[] x = values(LENGTH);
        float[] weight = values(LENGTH);
        float[] y = new float[LENGTH];
        repeat(LENGTH, () -> {
            RmsNorm.row(x, 0, weight, config.normEpsilon(), y, 0, LENGTH);
            Residual.add(y, 0, x, 0, LENGTH);
        });
        repeat(LENGTH, () -> SiLu.gate(x, 0, weight, 0, y, 0, LENGTH));
    }

    /** One kv head with the model's group of query heads: a batch, then single tokens. */
    private void attention() {
        int heads = config.headCount() / config.kvHeadCount();
        int size = config.headSize();
        RotaryEmbedding rope = ForwardPass.rotaryEmbedding(config.rope());
        float[] table = new float[TOKENS * rope.tableStride()];
        float[] query = values(TOKENS * heads * size);
        float[] key = values(TOKENS * size);
        float[] out = new float[query.length];
        Attention attention = new Attention(heads, 1, size);
        AttentionScratch scratch = attention.newScratch();
        try (KvCache cache = new KvCache(exact ? TensorType.F32 : TensorType.F16, 1, 1, size, TOKENS)) {
            cache.ensure(TOKENS);
            rope.fillTable(0, TOKENS, table, 0);
            repeat(TOKENS * size, () -> {
                for (int t = 0; t < TOKENS; t++) {
                    rope.rotate(key, t * size, 1, size, table, t * rope.tableStride());
                    cache.store(0, t, key, t * size, key, t * size);
                }
            });
            for (int tokens = TOKENS; tokens > 0; tokens -= TOKENS - 1) {
                int count = tokens;
                repeat((long) count * heads * size * KvCache.PAGE, () -> {
                    int chunks = attention.begin(
                            cache, 0, 0, TOKENS - count, count, query, 0, heads * size, out, 0, heads * size);
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
