package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.BlockQuantizer.INPUTS;
import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.GROUP_TOKENS;
import static io.quern.kernels.CpuConstants.PANEL_TOKENS;
import static io.quern.kernels.CpuConstants.ROW_PAIRS;
import static io.quern.kernels.VectorRowPairTiles.INPUT_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The inputs of a matrix-matrix product in one {@link InputOrder}, as floats or as integers of one form.
 *
 * <p>Inputs are cut into chunks, tokens into panels for the float kernels and into groups for the integer kernels;
 * inside a panel or group the tokens of one input are neighbours. All panels of one chunk are contiguous: what a tile
 * of weights meets while it is in the cache is one stream.
 */
final class ActivationPanels {
    /** Tokens prepared together: whole panels and whole groups. */
    private static final int UNIT_TOKENS = Math.max(PANEL_TOKENS, GROUP_TOKENS);

    /**
     * Chunks whose minimums are multiplied at once: where chunks are short, one has too few for a loop to be worth its
     * start.
     */
    static final int SUMMED_CHUNKS = ROW_PAIRS ? 8 : 1;

    private static final int PANEL_INPUTS = PANEL_TOKENS * CHUNK_COLUMNS;
    private static final int PANEL_SUMS = PANEL_INPUTS / INPUTS;
    private static final int GROUP_PAIRS = GROUP_TOKENS * CHUNK_COLUMNS / 2;
    private static final int BLOCK_PAIRS = INPUTS / 2;

    /** {@code [chunk][panel][k within the chunk][token within the panel]}; missing tokens are zero. */
    float[] inputs = new float[0];

    /**
     * {@code [chunk][group][k / 2][token within the group]}: inputs k and k + 1 in one int; missing tokens are
     * anything. None with {@link CpuConstants#ROW_PAIRS}.
     */
    int[] pairs = new int[0];

    /**
     * The integers of {@link VectorRowPairTiles}, shorts {@code [chunk][group][k][token within the group]}; missing
     * tokens are anything. Off the heap, where a slice leaves the kernel no bounds to check.
     */
    MemorySegment integers = MemorySegment.NULL;

    /** {@code [chunk][group][block][token within the group]}. */
    float[] scales = new float[0];

    /**
     * {@code [chunk / SUMMED_CHUNKS][panel][block][token within the panel]}: sums of the quantised inputs of blocks of
     * 32.
     */
    float[] blockSums = new float[0];

    /** One token's inputs of a chunk, put in order: {@code [unit][k]}. */
    private float[] ordered = new float[0];

    /** One token's pairs of a block: {@code [unit][k / 2]}. */
    private int[] staging = new int[0];

    private InputOrder order;
    private PanelForm form;
    private float limit;
    private int tokens;
    private int columns;

    /** Says what will be prepared next; grows the arrays that this needs. */
    void reset(int tokens, int columns, InputOrder order, PanelForm form) {
        this.tokens = tokens;
        this.columns = columns;
        this.order = order;
        this.form = form;
        if (form == null) {
            inputs = grown(inputs, inputsOffset(chunkCount(), 0));
        } else {
            limit = form.limit();
            if (ROW_PAIRS) {
                integers = grown(integers, integersOffset(chunkCount(), 0) + VectorRowPairTiles.SLACK * INPUT_BYTES);
            } else {
                pairs = grown(pairs, pairsOffset(chunkCount(), 0));
            }
            scales = grown(scales, scalesOffset(chunkCount(), 0));
            blockSums = grown(blockSums, sumsOffset(chunkCount() + SUMMED_CHUNKS - 1, 0));
            staging = grown(staging, units() * BLOCK_PAIRS);
        }
        if (order != null) {
            ordered = grown(ordered, units() * CHUNK_COLUMNS);
        }
    }

    private static float[] grown(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    private static int[] grown(int[] array, int length) {
        return array.length < length ? new int[length] : array;
    }

    private static MemorySegment grown(MemorySegment memory, long byteSize) {
        return memory.byteSize() < byteSize ? Arena.ofAuto().allocate(byteSize, 64) : memory;
    }

    InputOrder order() {
        return order;
    }

    /** Of the integers; null for floats. */
    PanelForm form() {
        return form;
    }

    /** Pieces of work: some tokens' inputs of one chunk. */
    int units() {
        return unitsOfChunk() * chunkCount();
    }

    private int unitsOfChunk() {
        return Chunks.ceilDiv(tokens, UNIT_TOKENS);
    }

    int chunkCount() {
        return Chunks.ceilDiv(columns, CHUNK_COLUMNS);
    }

    int panelCount() {
        return Chunks.ceilDiv(tokens, PANEL_TOKENS);
    }

    private int groupCount() {
        return Chunks.ceilDiv(tokens, GROUP_TOKENS);
    }

    /** Where a panel's piece of a chunk begins in {@link #inputs}. */
    int inputsOffset(int chunk, int panel) {
        return Math.multiplyExact(chunk * panelCount() + panel, PANEL_INPUTS);
    }

    /** Where a panel's piece of a chunk begins in {@link #blockSums}. */
    int sumsOffset(int chunk, int panel) {
        int piece = (chunk / SUMMED_CHUNKS * panelCount() + panel) * SUMMED_CHUNKS + chunk % SUMMED_CHUNKS;
        return piece * PANEL_SUMS;
    }

    /** Where a group's piece of a chunk begins in {@link #pairs}. */
    int pairsOffset(int chunk, int group) {
        return Math.multiplyExact(chunk * groupCount() + group, GROUP_PAIRS);
    }

    /** Where a group's piece of a chunk begins in {@link #integers}, in bytes. */
    long integersOffset(int chunk, int group) {
        return (chunk * groupCount() + group) * (long) (CHUNK_COLUMNS * INPUT_BYTES);
    }

    /** Where a group's piece of a chunk begins in {@link #scales}. */
    int scalesOffset(int chunk, int group) {
        return (chunk * groupCount() + group) * (GROUP_TOKENS * CHUNK_COLUMNS / form.blockInputs());
    }

    /** Prepares one unit from the rows {@code x[xOffset + t * xStride + k]} of all tokens. */
    void prepare(int unit, float[] x, int xOffset, int xStride) {
        int chunk = unit % chunkCount();
        int fromColumn = chunk * CHUNK_COLUMNS;
        int count = Math.min(CHUNK_COLUMNS, columns - fromColumn);
        int fromToken = unit / chunkCount() * UNIT_TOKENS;
        int tokenLimit = Math.min(fromToken + UNIT_TOKENS, tokens);
        for (int token = fromToken; token < tokenLimit; token++) {
            float[] source = x;
            int from = xOffset + token * xStride + fromColumn;
            if (order != null) {
                order.gather(x, from - fromColumn, fromColumn, count, ordered, unit * CHUNK_COLUMNS);
                source = ordered;
                from = unit * CHUNK_COLUMNS;
            }
            if (form == null) {
                interleave(source, from, count, inputsOffset(chunk, token / PANEL_TOKENS) + token % PANEL_TOKENS);
            } else {
                quantize(source, from, count, chunk, token, unit * BLOCK_PAIRS);
            }
        }
        if (form == null && tokenLimit == tokens) {
            for (int token = tokens; token % PANEL_TOKENS != 0; token++) {
                interleave(x, xOffset, 0, inputsOffset(chunk, token / PANEL_TOKENS) + token % PANEL_TOKENS);
            }
        }
    }

    private void interleave(float[] source, int from, int count, int at) {
        for (int k = 0; k < count; k++) {
            inputs[at + k * PANEL_TOKENS] = source[from + k];
        }
        for (int k = count; k < CHUNK_COLUMNS; k++) {
            inputs[at + k * PANEL_TOKENS] = 0;
        }
    }

    private void quantize(float[] source, int from, int count, int chunk, int token, int stage) {
        int group = token / GROUP_TOKENS;
        int member = token % GROUP_TOKENS;
        int scale = scalesOffset(chunk, group) + member;
        int sum = sumsOffset(chunk, token / PANEL_TOKENS) + token % PANEL_TOKENS;
        boolean halves = form.blockInputs() == HALF;
        for (int k = 0; k < count; k += INPUTS) {
            int here = Math.min(INPUTS, count - k);
            if (halves) {
                BlockQuantizer.quantizeHalves(
                        source, from + k, here, limit, staging, stage, scales, scale, GROUP_TOKENS);
            } else {
                BlockQuantizer.quantize(source, from + k, here, limit, staging, stage, scales, scale, blockSums, sum);
            }
            if (ROW_PAIRS) {
                storeInputs(stage, integersOffset(chunk, group) + k * INPUT_BYTES + member * Short.BYTES);
            } else {
                storePairs(stage, pairsOffset(chunk, group) + k / 2 * GROUP_TOKENS + member);
            }
            scale += halves ? 2 * GROUP_TOKENS : GROUP_TOKENS;
            sum += PANEL_TOKENS;
        }
        if (ROW_PAIRS) {
            clearScales(scale, scalesOffset(chunk, group + 1));
        }
    }

    /** Of blocks that are missing in the last chunk, for one token. */
    private void clearScales(int from, int limit) {
        for (int i = from; i < limit; i += GROUP_TOKENS) {
            scales[i] = 0;
        }
    }

    private void storePairs(int stage, int at) {
        for (int i = 0; i < BLOCK_PAIRS; i++) {
            pairs[at + i * GROUP_TOKENS] = staging[stage + i];
        }
    }

    private void storeInputs(int stage, long byteOffset) {
        MemorySegment own = integers.asSlice(byteOffset, (INPUTS - 1) * INPUT_BYTES + Short.BYTES);
        for (int i = 0; i < BLOCK_PAIRS; i++) {
            int at = i * 2 * INPUT_BYTES;
            int pair = staging[stage + i];
            own.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) pair);
            own.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + INPUT_BYTES, (short) (pair >>> 16));
        }
    }
}
