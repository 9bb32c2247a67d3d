package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AttentionTest {
    private static final int PAD = 5;
    private final Random random = OpsRandom.create();

    /** Heads, kv heads, head size, tokens, first position, window. */
    private static final int[][] SHAPES = {
        {1, 1, 2, 1, 0, 0},
        {2, 1, 16, 3, 0, 0},
        {3, 3, 32, 65, 0, 0},
        {9, 3, 64, 1, 63, 0},
        {9, 3, 64, 1, 64, 0},
        {9, 3, 64, 33, 100, 0},
        {8, 2, 128, 20, 40, 0},
        {7, 1, 80, 10, 63, 0},
        {14, 2, 64, 2, 1000, 0},
        {5, 1, 96, 13, 0, 0},
        {6, 1, 112, 1, 700, 0},
        {32, 4, 128, 1, 1500, 0},
        {32, 32, 64, 1, 900, 0},
        {4, 4, 256, 70, 3, 0},
        {80, 1, 32, 3, 130, 0},
        {8, 2, 64, 1, 2000, 300},
        {8, 2, 64, 100, 500, 64},
        {4, 1, 32, 150, 0, 1},
        {4, 2, 48, 40, 600, 257},
        {2, 2, 66, 9, 5, 7},
    };

    @Test
    void agreesWithScalarTwin() {
        for (int[] s : SHAPES) {
            compare(TensorType.F16, s[0], s[1], s[2], s[3], s[4], s[5]);
        }
        compare(TensorType.F32, 9, 3, 64, 33, 100, 0);
        compare(TensorType.F32, 32, 4, 128, 1, 1500, 0);
        compare(TensorType.F32, 5, 1, 80, 3, 70, 20);
    }

    private void compare(TensorType type, int heads, int kvHeads, int headSize, int tokens, int first, int window) {
        int width = heads * headSize;
        int stride = width + 3;
        try (KvCache cache = filledCache(type, 2, kvHeads, headSize, first + tokens)) {
            float[] q = OpsRandom.gaussian(random, PAD + tokens * stride, 1);
            float[] out = OpsRandom.filledWithNaN(2 * PAD + tokens * stride);
            run(new Attention(heads, kvHeads, headSize), cache, 1, window, first, tokens, q, stride, out);
            float[] expected = new float[headSize];
            for (int t = 0; t < tokens; t++) {
                int visible = window == 0 ? 0 : Math.max(0, first + t - window + 1);
                for (int h = 0; h < heads; h++) {
                    int at = PAD + t * stride + h * headSize;
                    ScalarOps.attention(cache, 1, h / (heads / kvHeads), visible, first + t, q, at, expected, 0);
                    for (int d = 0; d < headSize; d++) {
                        OpsTolerances.check(expected[d], out[at + d], OpsTolerances.ATTENTION, 4,
                                "heads " + heads + "/" + kvHeads + " of " + headSize + ", token " + t + " of " + tokens
                                        + " from " + first + ", window " + window + ", head " + h + ", element " + d);
                    }
                }
                for (int gap = width; gap < stride; gap++) {
                    assertTrue(Float.isNaN(out[PAD + t * stride + gap]), "wrote between rows");
                }
            }
            assertTrue(Float.isNaN(out[PAD - 1]));
        }
    }

    private KvCache filledCache(TensorType type, int layers, int kvHeads, int headSize, int positions) {
        KvCache cache = new KvCache(type, layers, kvHeads, headSize, positions);
        cache.ensure(positions);
        for (int layer = 0; layer < layers; layer++) {
            for (int position = 0; position < positions; position++) {
                float[] keys = OpsRandom.gaussian(random, kvHeads * headSize, 1.5);
                float[] values = OpsRandom.gaussian(random, kvHeads * headSize, 1);
                cache.store(layer, position, keys, 0, values, 0);
            }
        }
        return cache;
    }

    private static void run(Attention attention, KvCache cache, int layer, int window, int first, int tokens, float[] q,
            int stride,
            float[] out) {
        AttentionScratch scratch = attention.newScratch();
        int chunks = attention.begin(cache, layer, window, first, tokens, q, PAD, stride, out, PAD, stride);
        for (int chunk = 0; chunk < chunks; chunk++) {
            attention.compute(chunk, scratch);
        }
    }

    @Test
    void orderOfChunksAndBuffersDoNotMatter() {
        try (KvCache cache = filledCache(TensorType.F16, 1, 2, 64, 3000)) {
            for (int tokens : new int[] {1, 5, 40}) {
                int width = 8 * 64;
                float[] q = OpsRandom.gaussian(random, PAD + tokens * width, 1);
                float[] expected = new float[PAD + tokens * width];
                run(new Attention(8, 2, 64), cache, 0, 0, 3000 - tokens, tokens, q, width, expected);
                float[] out = OpsRandom.filledWithNaN(PAD + tokens * width);
                java.util.Arrays.fill(out, 0, PAD, 0);
                Attention attention = new Attention(8, 2, 64);
                AttentionScratch[] scratch = {attention.newScratch(), attention.newScratch()};
                int chunks = attention.begin(cache, 0, 0, 3000 - tokens, tokens, q, PAD, width, out, PAD, width);
                assertTrue(chunks > 1, "nothing to share between threads");
                for (int chunk = chunks - 1; chunk >= 0; chunk--) {
                    attention.compute(chunk, scratch[chunk & 1]);
                }
                assertArrayEquals(expected, out);
            }
        }
    }

    @Test
    void prefillGivesWhatDecodeGives() {
        try (KvCache cache = filledCache(TensorType.F16, 1, 2, 64, 200)) {
            float[] q = OpsRandom.gaussian(random, PAD + 200 * 384, 1);
            float[] together = new float[PAD + 200 * 384];
            float[] single = new float[PAD + 200 * 384];
            Attention attention = new Attention(6, 2, 64);
            run(attention, cache, 0, 0, 0, 200, q, 384, together);
            AttentionScratch scratch = attention.newScratch();
            for (int t = 0; t < 200; t++) {
                int at = PAD + t * 384;
                int chunks = attention.begin(cache, 0, 0, t, 1, q, at, 384, single, at, 384);
                for (int chunk = 0; chunk < chunks; chunk++) {
                    attention.compute(chunk, scratch);
                }
            }
            for (int i = 0; i < single.length; i++) {
                OpsTolerances.check(together[i], single[i], OpsTolerances.ATTENTION, 4, "element " + i);
            }
        }
    }

    @Test
    void largeScoresDoNotOverflow() {
        try (KvCache cache = new KvCache(TensorType.F16, 1, 1, 16, 200)) {
            cache.ensure(200);
            float[] keys = new float[16];
            float[] values = new float[16];
            for (int position = 0; position < 200; position++) {
                java.util.Arrays.fill(keys, position == 150 ? 60000 : -60000);
                java.util.Arrays.fill(values, position);
                cache.store(0, position, keys, 0, values, 0);
            }
            float[] q = new float[PAD + 16];
            java.util.Arrays.fill(q, 1000);
            float[] out = new float[PAD + 16];
            run(new Attention(1, 1, 16), cache, 0, 0, 199, 1, q, 16, out);
            for (int d = 0; d < 16; d++) {
                assertEquals(150f, out[PAD + d]);
            }
        }
    }

    @Test
    void decodeAllocatesNothing() {
        try (KvCache cache = filledCache(TensorType.F16, 1, 3, 64, 600)) {
            Attention attention = new Attention(9, 3, 64);
            AttentionScratch scratch = attention.newScratch();
            float[] q = OpsRandom.gaussian(random, 576, 1);
            float[] out = new float[576];
            long least = Long.MAX_VALUE;
            // Before C2 has compiled them, vectors are objects: the limit is one of patience, not of speed.
            for (int pass = 0; pass < 2000 && least > 0; pass++) {
                long before = AllocatedBytes.now();
                for (int step = 0; step < 20; step++) {
                    int chunks = attention.begin(cache, 0, 0, 599, 1, q, 0, 576, out, 0, 576);
                    for (int chunk = 0; chunk < chunks; chunk++) {
                        attention.compute(chunk, scratch);
                    }
                }
                least = Math.min(least, AllocatedBytes.now() - before);
            }
            assertEquals(0, least, "bytes in 20 decode steps");
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new Attention(5, 2, 64));
        assertThrows(IllegalArgumentException.class, () -> new Attention(4, 2, 63));
        Attention attention = new Attention(4, 2, 64);
        float[] x = new float[512];
        try (KvCache cache = new KvCache(TensorType.F16, 1, 2, 64, 8);
                KvCache other = new KvCache(TensorType.F16, 1, 2, 32, 8)) {
            cache.ensure(8);
            assertThrows(IllegalArgumentException.class, () -> attention.begin(other, 0, 0, 0, 1, x, 0, 256, x, 0,
                    256));
            assertThrows(IllegalArgumentException.class, () -> attention.begin(cache, 0, -1, 0, 1, x, 0, 256, x, 0,
                    256));
            assertThrows(IllegalArgumentException.class, () -> attention.begin(cache, 0, 0, 7, 2, x, 0, 256, x, 0,
                    256));
            assertThrows(IllegalArgumentException.class, () -> attention.begin(cache, 0, 0, 0, 2, x, 1, 256, x, 0,
                    256));
            assertThrows(IllegalArgumentException.class, () -> attention.begin(cache, 0, 0, 0, 1, x, 0, 255, x, 0,
                    256));
        }
    }
}
