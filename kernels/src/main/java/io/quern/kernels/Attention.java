package io.quern.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Causal softmax attention of one session: {@code out[t][h] = sum over i of softmax_i(q[t][h] . k[i] /
 * sqrt(headSize)) v[i]}, with grouped kv heads and, where the model says so, a sliding window. Keys and values come
 * from the f16 cache, arithmetic is f32.
 *
 * <p>Work is split into independent chunks by the shape alone, never by the number of threads, so results do not
 * depend on it. A chunk is a kv head, a block of tokens (all query heads of the kv head together, so that keys and
 * values are read and converted once for all of them) and a range of positions. Where tokens and heads alone give too
 * few chunks, as in decode, positions are split as well; whoever finishes the last range of a block merges them, in
 * order.
 *
 * <pre>
 * int chunks = attention.begin(cache, layer, 0, firstPosition, tokens, q, 0, qStride, out, 0, outStride);
 * workers.run(chunks, (chunk, worker) -&gt; attention.compute(chunk, scratch[worker]));
 * </pre>
 *
 * <p>One {@code begin} at a time; {@code compute} may run on any thread, with a scratch of its own. Nothing is
 * allocated except when partial results outgrow the buffer that keeps them.
 */
public final class Attention {
    private static final VarHandle COUNTERS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int PAGE = KvCache.PAGE;
    /** Query rows (tokens times heads of the group) of a block: enough to pay for the conversion of keys and values. */
    private static final int BLOCK_ROWS = 64;
    /** Below this number of (kv head, token block) pairs, positions are split too ... */
    private static final int FEW_BLOCKS = 16;
    /** ... into about so many chunks in all ... */
    private static final int SPLIT_CHUNKS = 64;
    /** ... of at least so many pages each. */
    private static final int RANGE_PAGES = 4;

    private final int headCount;
    private final int kvHeadCount;
    private final int headSize;
    private final int paddedHeadSize;
    private final int group;
    private final float scale;
    private final int blockTokens;

    private KvCache cache;
    private int layer;
    private int window;
    private int firstPosition;
    private int tokens;
    private float[] q;
    private int qOffset;
    private int qStride;
    private float[] out;
    private int outOffset;
    private int outStride;
    private int blocks;
    private int ranges;
    private int rangePages;

    /** Sums, then reference and sum of weights of every row; one piece a (kv head, block, range). */
    private float[] partials = new float[0];
    private int[] unfinished = new int[0];

    /**
     * Attention with the usual scale of one over the root of the head size.
     *
     * @param headCount query heads, a multiple of {@code kvHeadCount}
     * @param headSize even
     */
    public Attention(int headCount, int kvHeadCount, int headSize) {
        if (headCount < 1 || kvHeadCount < 1 || headCount % kvHeadCount != 0) {
            throw new IllegalArgumentException("Attention: " + headCount + " heads cannot share " + kvHeadCount
                    + " kv heads");
        }
        if (headSize < 2 || headSize % 2 != 0) {
            throw new IllegalArgumentException("Attention: head size " + headSize + " must be even and positive");
        }
        this.headCount = headCount;
        this.kvHeadCount = kvHeadCount;
        this.headSize = headSize;
        this.paddedHeadSize = KvCache.paddedHeadSize(headSize);
        this.group = headCount / kvHeadCount;
        this.scale = (float) (1 / Math.sqrt(headSize));
        this.blockTokens = Math.max(1, BLOCK_ROWS / group);
    }

    /** Buffers of one thread at work on this attention, or on another of the same shape. */
    public AttentionScratch newScratch() {
        return new AttentionScratch(headSize, blockTokens * group);
    }

    /**
     * Prepares the attention of one layer for {@code tokens} tokens in a row, whose keys and values are in the cache
     * already.
     *
     * @param slidingWindow token q sees keys i with {@code q - slidingWindow < i <= q}; 0 for all up to itself
     * @param q rotated queries, {@code (tokens, headCount * headSize)} with {@code qStride} floats from token to token
     * @param out receives {@code (tokens, headCount * headSize)}, every element overwritten
     * @return the number of chunks to give to {@link #compute}, each exactly once
     */
    public int begin(KvCache cache, int layer, int slidingWindow, int firstPosition, int tokens,
            float[] q, int qOffset, int qStride, float[] out, int outOffset, int outStride) {
        if (slidingWindow < 0) {
            throw new IllegalArgumentException("Attention: sliding window " + slidingWindow + " must not be negative");
        }
        if (cache.headSize() != headSize || cache.kvHeadCount() != kvHeadCount) {
            throw new IllegalArgumentException("Attention: cache of " + cache.kvHeadCount() + " heads of " + cache
                    .headSize()
                    + ", expected " + kvHeadCount + " of " + headSize);
        }
        if (tokens < 1 || firstPosition < 0 || firstPosition > cache.contextLength() - tokens) {
            throw new IllegalArgumentException("Attention: " + tokens + " tokens at position " + firstPosition
                    + " do not fit a context of " + cache.contextLength());
        }
        int width = headCount * headSize;
        checkRows("queries", q, qOffset, qStride, tokens, width);
        checkRows("output", out, outOffset, outStride, tokens, width);
        this.cache = cache;
        this.layer = layer;
        this.window = slidingWindow;
        this.firstPosition = firstPosition;
        this.tokens = tokens;
        this.q = q;
        this.qOffset = qOffset;
        this.qStride = qStride;
        this.out = out;
        this.outOffset = outOffset;
        this.outStride = outStride;
        split();
        return kvHeadCount * blocks * ranges;
    }

    private static void checkRows(String what, float[] rows, int offset, int stride, int count, int width) {
        if (stride < width || offset < 0 || offset + (count - 1L) * stride + width > rows.length) {
            throw new IllegalArgumentException("Attention " + what + ": " + count + " rows of " + width + " at "
                    + offset
                    + " with stride " + stride + " do not fit " + rows.length + " floats");
        }
    }

    private void split() {
        blocks = (tokens + blockTokens - 1) / blockTokens;
        int pairs = kvHeadCount * blocks;
        int pages = (firstPosition + tokens + PAGE - 1) / PAGE - firstVisible(0) / PAGE;
        if (pairs >= FEW_BLOCKS || pages <= RANGE_PAGES) {
            ranges = 1;
            rangePages = Integer.MAX_VALUE;
            return;
        }
        int wanted = Math.min((pages + RANGE_PAGES - 1) / RANGE_PAGES, SPLIT_CHUNKS / pairs);
        rangePages = (pages + wanted - 1) / wanted;
        ranges = (pages + rangePages - 1) / rangePages;
        int needed = pairs * ranges * partialSize();
        if (partials.length < needed) {
            partials = new float[needed + needed / 2];
        }
        if (unfinished.length < pairs) {
            unfinished = new int[pairs];
        }
        Arrays.fill(unfinished, 0, pairs, ranges);
    }

    private int partialSize() {
        return Math.min(blockTokens, tokens) * group * (paddedHeadSize + 2);
    }

    /** The first position that token {@code t} of this call sees. */
    private int firstVisible(int t) {
        return window == 0 ? 0 : Math.max(0, firstPosition + t - window + 1);
    }

    /** Computes one chunk of the work that {@link #begin} has prepared. */
    public void compute(int chunk, AttentionScratch scratch) {
        int range = chunk % ranges;
        int pair = chunk / ranges;
        // Later blocks see more positions: they come first, so that no long chunk is left to the end.
        int block = blocks - 1 - pair / kvHeadCount;
        int kvHead = pair % kvHeadCount;
        int firstToken = block * blockTokens;
        int count = Math.min(blockTokens, tokens - firstToken);
        scratch.reset(count * group);
        for (int row = 0; row < count * group; row++) {
            scratch.setQuery(row, q, queryOffset(firstToken, kvHead, row), scale);
        }
        int firstPage = firstVisible(0) / PAGE;
        int from = firstVisible(firstToken) / PAGE;
        int limit = (firstPosition + firstToken + count - 1) / PAGE + 1;
        if (ranges > 1) {
            from = Math.max(from, firstPage + range * rangePages);
            limit = Math.min(limit, firstPage + (range + 1) * rangePages);
        }
        for (int page = from; page < limit; page++) {
            computePage(page, kvHead, firstToken, count, scratch);
        }
        if (ranges == 1) {
            for (int row = 0; row < count * group; row++) {
                scratch.writeResult(row, out, outputOffset(firstToken, kvHead, row));
            }
            return;
        }
        scratch.savePartial(partials, chunk * partialSize());
        if ((int) COUNTERS.getAndAdd(unfinished, pair, -1) == 1) {
            merge(pair, firstToken, count, kvHead, scratch);
        }
    }

    private void computePage(int page, int kvHead, int firstToken, int count, AttentionScratch scratch) {
        scratch.load(cache, layer, kvHead, page);
        scratch.scores();
        int start = page * PAGE;
        for (int t = 0; t < count; t++) {
            int from = Math.max(0, firstVisible(firstToken + t) - start);
            int limit = Math.min(PAGE, firstPosition + firstToken + t + 1 - start);
            for (int g = 0; g < group; g++) {
                scratch.softmax(t * group + g, from, limit);
            }
        }
        scratch.values(Math.min(PAGE, firstPosition + firstToken + count - start));
    }

    private void merge(int pair, int firstToken, int count, int kvHead, AttentionScratch scratch) {
        scratch.reset(count * group);
        for (int range = 0; range < ranges; range++) {
            scratch.addPartial(partials, (pair * ranges + range) * partialSize());
        }
        for (int row = 0; row < count * group; row++) {
            scratch.writeResult(row, out, outputOffset(firstToken, kvHead, row));
        }
    }

    private int queryOffset(int firstToken, int kvHead, int row) {
        return qOffset + (firstToken + row / group) * qStride + (kvHead * group + row % group) * headSize;
    }

    private int outputOffset(int firstToken, int kvHead, int row) {
        return outOffset + (firstToken + row / group) * outStride + (kvHead * group + row % group) * headSize;
    }
}
