package io.quern.kernels;

import java.util.Arrays;

/** Buffers of one thread for {@link Attention}: a tile as floats, a block of queries, its scores and its sums. */
public final class AttentionScratch {
    private static final int PAGE = KvCache.PAGE;
    private static final int PANEL = KvCache.PANEL;
    private static final int WIDE = AttentionScores.WIDE_ROWS;

    private final int headSize;
    private final int paddedHeadSize;
    private final float[] tile;
    private final float[] queries;
    private final float[] scores;
    private final float[] sums;
    private final float[] references;
    private final float[] weightSums;
    private final float[] factors;
    private int rows;

    AttentionScratch(int headSize, int maxRows) {
        this.headSize = headSize;
        this.paddedHeadSize = KvCache.paddedHeadSize(headSize);
        int padded = (maxRows + 7) / 8 * 8;
        this.tile = new float[PAGE * (headSize + paddedHeadSize)];
        this.queries = new float[padded * headSize];
        this.scores = new float[padded * PAGE];
        this.sums = new float[padded * paddedHeadSize];
        this.references = new float[padded];
        this.weightSums = new float[padded * OnlineSoftmax.LANES];
        this.factors = new float[padded];
    }

    /** Starts a block of so many query rows. */
    void reset(int rows) {
        this.rows = rows;
        int padded = Math.min(references.length, rows + WIDE - 1);
        Arrays.fill(queries, 0, padded * headSize, 0);
        Arrays.fill(sums, 0, padded * paddedHeadSize, 0);
        Arrays.fill(references, 0, padded, Float.NEGATIVE_INFINITY);
        Arrays.fill(weightSums, 0, padded * OnlineSoftmax.LANES, 0);
        Arrays.fill(factors, 0, padded, 0);
    }

    /**
     * Rows that the micro-kernel starting at this row takes: as many as fit, with rows of zeros to fill the last one
     * up; a single row, the whole of decode without shared kv heads, has a kernel of its own.
     */
    private int kernelRows(int row) {
        int left = rows - row;
        return left == 1 ? 1 : left <= 4 ? 4 : WIDE;
    }

    /** Packs one query row, scaled, as {@code (headSize, kernelRows)}. */
    void setQuery(int row, float[] q, int offset, float scale) {
        // All kernels before the last take WIDE rows, so this is where the row's kernel starts.
        int start = row / WIDE * WIDE;
        int width = kernelRows(start);
        int to = start * headSize + row - start;
        for (int d = 0; d < headSize; d++) {
            queries[to + d * width] = q[offset + d] * scale;
        }
    }

    void load(KvCache cache, int layer, int kvHead, int page) {
        cache.loadTile(layer, kvHead, page, tile);
    }

    /** Scores of all rows with the keys of the tile. */
    void scores() {
        for (int panel = 0; panel < PAGE / PANEL; panel++) {
            int keys = panel * PANEL * headSize;
            int column = panel * PANEL;
            int width;
            for (int row = 0; row < rows; row += width) {
                width = kernelRows(row);
                int to = row * PAGE + column;
                switch (width) {
                    case 8 -> AttentionScores.scores8(queries, row * headSize, tile, keys, headSize, scores, to);
                    case 4 -> AttentionScores.scores4(queries, row * headSize, tile, keys, headSize, scores, to);
                    default -> AttentionScores.scores1(queries, row * headSize, tile, keys, headSize, scores, to);
                }
            }
        }
    }

    void softmax(int row, int from, int limit) {
        OnlineSoftmax.page(scores, row * PAGE, from, limit, references, weightSums, factors, row);
    }

    /** Adds the weighted values of the first {@code count} positions of the tile to the sums of all rows. */
    void values(int count) {
        for (int d = 0; d < paddedHeadSize; d += PANEL) {
            int values = PAGE * headSize + d * PAGE;
            int width;
            for (int row = 0; row < rows; row += width) {
                width = kernelRows(row);
                int to = row * paddedHeadSize + d;
                int from = row * PAGE;
                switch (width) {
                    case 8 -> AttentionValues.values8(scores, from, tile, values, count, sums, to, paddedHeadSize,
                            factors, row);
                    case 4 -> AttentionValues.values4(scores, from, tile, values, count, sums, to, paddedHeadSize,
                            factors, row);
                    default -> AttentionValues.values1(scores, from, tile, values, count, sums, to, factors, row);
                }
            }
        }
    }

    /** Writes the finished row: its sums divided by the sum of its weights. */
    void writeResult(int row, float[] out, int offset) {
        float inverse = 1 / weightSum(row);
        int from = row * paddedHeadSize;
        for (int d = 0; d < headSize; d++) {
            out[offset + d] = sums[from + d] * inverse;
        }
    }

    private float weightSum(int row) {
        float sum = 0;
        for (int i = row * OnlineSoftmax.LANES; i < (row + 1) * OnlineSoftmax.LANES; i++) {
            sum += weightSums[i];
        }
        return sum;
    }

    /** Keeps the sums of all rows of one range of positions, each with its reference and its sum of weights. */
    void savePartial(float[] partials, int offset) {
        int length = rows * paddedHeadSize;
        System.arraycopy(sums, 0, partials, offset, length);
        for (int row = 0; row < rows; row++) {
            partials[offset + length + 2 * row] = references[row];
            partials[offset + length + 2 * row + 1] = weightSum(row);
        }
    }

    /** Adds what {@link #savePartial} kept. The sum of weights stays in the first lane. */
    void addPartial(float[] partials, int offset) {
        int length = rows * paddedHeadSize;
        for (int row = 0; row < rows; row++) {
            float reference = partials[offset + length + 2 * row];
            if (reference == Float.NEGATIVE_INFINITY) {
                continue; // a range that this row does not see
            }
            float common = Math.max(reference, references[row]);
            float mine = ExpMath.exp(references[row] - common);
            float theirs = ExpMath.exp(reference - common);
            int to = row * paddedHeadSize;
            for (int d = 0; d < headSize; d++) {
                sums[to + d] = sums[to + d] * mine + partials[offset + to + d] * theirs;
            }
            int lane = row * OnlineSoftmax.LANES;
            weightSums[lane] = weightSums[lane] * mine + partials[offset + length + 2 * row + 1] * theirs;
            references[row] = common;
        }
    }
}
