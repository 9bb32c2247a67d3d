package io.quern.bench;

import io.quern.kernels.Attention;
import io.quern.kernels.AttentionScratch;
import io.quern.kernels.KvCache;
import io.quern.kernels.TensorType;
import io.quern.model.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Attention of one layer of Yi-6B: the last tokens of a context, over keys and values in f16. */
public class AttentionBenchmark extends KernelBenchmark {
    static final int HEADS = 32;
    static final int KV_HEADS = 4;
    static final int HEAD_SIZE = 128;
    static final int WIDTH = HEADS * HEAD_SIZE;

    @Param({"512", "4096"})
    int context;

    /** One, as in decode, or a batch, as in prefill. */
    @Param({"1", "256"})
    int tokens;

    @Param({"1", "2"})
    int threads;

    private Workers workers;
    private Workers.Task task;
    KvCache cache;
    private Attention attention;
    float[] queries;
    private float[] out;

    /** For JMH. */
    public AttentionBenchmark() {}

    @Setup
    public void open() {
        cache = new KvCache(TensorType.F16, 1, KV_HEADS, HEAD_SIZE, context);
        cache.ensure(context);
        for (int position = 0; position < context; position++) {
            float[] row = RandomInputs.uniform(2 * KV_HEADS * HEAD_SIZE, SEED + position);
            cache.store(0, position, row, 0, row, KV_HEADS * HEAD_SIZE);
        }
        queries = RandomInputs.uniform(tokens * WIDTH, SEED);
        out = new float[tokens * WIDTH];
        attention = new Attention(HEADS, KV_HEADS, HEAD_SIZE);
        workers = new Workers(threads);
        AttentionScratch[] scratch = new AttentionScratch[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = attention.newScratch();
        }
        task = (chunk, worker) -> attention.compute(chunk, scratch[worker]);
    }

    @TearDown
    public void close() {
        workers.close();
        cache.close();
    }

    @Benchmark
    public float[] attention(Work work) {
        int first = context - tokens;
        int chunks = attention.begin(cache, 0, 0, first, tokens, queries, 0, WIDTH, out, 0, WIDTH);
        workers.run(chunks, task);
        long pairs = (long) tokens * first + tokens * (tokens + 1L) / 2;
        work.add(2 * pairs * WIDTH, 2L * TensorType.F16.bytesPerBlock() * context * KV_HEADS * HEAD_SIZE);
        return out;
    }
}
