package io.quern.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.quern.kernels.Attention;
import io.quern.kernels.AttentionScratch;
import io.quern.kernels.KvCache;
import io.quern.kernels.TensorType;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Attention on several threads gives the bits that it gives on one, whoever merges the parts. */
class ParallelAttentionTest {
    private static final int HEADS = 6;
    private static final int KV_HEADS = 2;
    private static final int HEAD_SIZE = 32;
    private static final int POSITIONS = 1500;
    private static final int WIDTH = HEADS * HEAD_SIZE;

    @Test
    void resultDoesNotDependOnTheThreads() {
        Random random = new Random(5);
        try (KvCache cache = new KvCache(TensorType.F16, 1, KV_HEADS, HEAD_SIZE, POSITIONS)) {
            cache.ensure(POSITIONS);
            for (int position = 0; position < POSITIONS; position++) {
                float[] keys = gaussian(random, KV_HEADS * HEAD_SIZE);
                float[] values = gaussian(random, KV_HEADS * HEAD_SIZE);
                cache.store(0, position, keys, 0, values, 0);
            }
            for (int tokens : new int[] {1, 3, 300}) {
                float[] q = gaussian(random, tokens * WIDTH);
                float[] expected = run(1, 1, cache, tokens, q);
                for (int threads = 2; threads <= 4; threads++) {
                    assertArrayEquals(expected, run(threads, tokens == 300 ? 5 : 200, cache, tokens, q));
                }
            }
        }
    }

    private static float[] run(int threads, int times, KvCache cache, int tokens, float[] q) {
        float[] out = new float[tokens * WIDTH];
        Attention attention = new Attention(HEADS, KV_HEADS, HEAD_SIZE);
        AttentionScratch[] scratch = new AttentionScratch[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = attention.newScratch();
        }
        Workers.Task task = (chunk, worker) -> attention.compute(chunk, scratch[worker]);
        try (Workers workers = new Workers(threads)) {
            float[] first = null;
            for (int i = 0; i < times; i++) {
                int chunks = attention.begin(cache, 0, 0, POSITIONS - tokens, tokens, q, 0, WIDTH, out, 0, WIDTH);
                workers.run(chunks, task);
                if (first == null) {
                    first = out.clone();
                }
                assertArrayEquals(first, out);
            }
        }
        return out;
    }

    private static float[] gaussian(Random random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
