package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.BlockQuantizer.INPUTS;
import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.PAIRED_INPUTS;
import static io.quern.kernels.CpuConstants.PANEL_TOKENS;
import static io.quern.kernels.VectorIntegerTiles.INPUT_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The inputs of a matrix-matrix product in one {@link InputOrder}, as floats or as integers of one form.
 *
 * <p>Inputs are cut into chunks, tokens into panels for the float kernels and into groups for the integer kernels;
 * inside a panel or group the tokens of one input are neighbours. All panels of one chunk are contiguous: what a tile
 * of weights meets while it is in the cache is one stream.
 */
final class ActivationPanels {
    /** Tokens that an integer kernel multiplies with a tile at once. */
    static final int GROUP_TOKENS = VectorIntegerTiles.TOKENS;

    /** Tokens prepared together: one group, and whole panels. */
    private static final int UNIT_TOKENS = GROUP_TOKENS;

    /** Chunks whose minimums are multiplied at once: one has too few for a loop to be worth its start. */
    static final int SUMMED_CHUNKS = 8;

    private static final int PANEL_INPUTS = PANEL_TOKENS * CHUNK_COLUMNS;
    private static final int PANEL_SUMS = PANEL_INPUTS / INPUTS;
    private static final int BLOCK_PAIRS = INPUTS / 2;

    /** {@code [chunk][panel][k within the chunk][token within the panel]}; missing tokens are zero. */
    float[] inputs = new float[0];

    /**
     * The integers, shorts {@code [chunk][group][k][token within the group]}; missing tokens are anything. Off the
     * heap, where a slice leaves the kernel no bounds to check.
     */
    MemorySegment integers = MemorySegment.NULL;

    /**
     * What {@link VectorPairedProduct} starts with, shorts {@code [chunk][group][block][token within the group]}. Only
     * with {@link CpuConstants#PAIRED_INPUTS}.
     */
    MemorySegment starts = MemorySegment.NULL;

    /** {@code [chunk][group][block][token within the group]}. */
    float[] scales = new float[0];

    /**
     * {@code [chunk / SUMMED_CHUNKS][panel][block][token within the panel]}: sums of the quantised inputs of blocks of
     * 32.
     */
    float[] blockSums = new float[0];

    /** One token's inputs of a chunk, put in order: {@code [unit][k]}. */
    private float[] ordered = new float[0];

    /** The pairs of a unit's tokens in a block: {@code [unit][token][k / 2]}. */
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
            integers = grown(integers, integersOffset(chunkCount(), 0) + VectorIntegerTiles.SLACK * INPUT_BYTES);
            if (PAIRED_INPUTS) {
                starts = grown(starts, startsOffset(chunkCount(), 0) + VectorIntegerTiles.MOST_BLOCKS * INPUT_BYTES);
            }
            scales = grown(scales, scalesOffset(chunkCount(), 0));
            blockSums = grown(blockSums, sumsOffset(chunkCount() + SUMMED_CHUNKS - 1, 0));
            staging = grown(staging, units() * UNIT_TOKENS * BLOCK_PAIRS);
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

    /** Where a group's piece of a chunk begins in {@link #integers}, in bytes. */
    long integersOffset(int chunk, int group) {
        return (chunk * groupCount() + group) * (long) (CHUNK_COLUMNS * INPUT_BYTES);
    }

    /** Where a group's piece of a chunk begins in {@link #starts}, in bytes. */
    long startsOffset(int chunk, int group) {
        return scalesOffset(chunk, group) * (long) Short.BYTES;
    }

    /** Where a group's piece of a chunk begins in {@link #scales}. */
    int scalesOffset(int chunk, int group) {
        return (chunk * groupCount() + group) * (GROUP_TOKENS * CHUNK_COLUMNS / form.blockInputs());
    }

    /** Prepares one unit from the rows {@code x[xOffset + t * xStride + k]} of all tokens. */
    void prepare(int unit, float[] x, int xOffset, int xStride) {
        int chunk = unit % chunkCount();
        int count = Math.min(CHUNK_COLUMNS, columns - chunk * CHUNK_COLUMNS);
        int fromToken = unit / chunkCount() * UNIT_TOKENS;
        int tokenLimit = Math.min(fromToken + UNIT_TOKENS, tokens);
        if (form == null) {
            prepareFloats(unit, chunk, count, fromToken, tokenLimit, x, xOffset, xStride);
            return;
        }
        int group = fromToken / GROUP_TOKENS;
        int stage = unit * UNIT_TOKENS * BLOCK_PAIRS;
        int scale = scalesOffset(chunk, group);
        for (int k = 0; k < count; k += INPUTS) {
            for (int token = fromToken; token < tokenLimit; token++) {
                int member = token - fromToken;
                int sum = sumsOffset(chunk, token / PANEL_TOKENS) + k / INPUTS * PANEL_TOKENS + token % PANEL_TOKENS;
                float[] source = ordered(unit, chunk * CHUNK_COLUMNS + k, Math.min(INPUTS, count - k), x,
                        xOffset + token * xStride);
                int from = order == null ? xOffset + token * xStride + chunk * CHUNK_COLUMNS + k
                        : unit * CHUNK_COLUMNS;
                quantize(source, from, Math.min(INPUTS, count - k), stage + member * BLOCK_PAIRS, scale + member, sum);
            }
            storeInputs(stage, integersOffset(chunk, group) + k * INPUT_BYTES);
            scale += INPUTS / form.blockInputs() * GROUP_TOKENS;
        }
        Arrays.fill(scales, scale, scalesOffset(chunk, group + 1), 0);
    }

    private void prepareFloats(int unit, int chunk, int count, int fromToken, int tokenLimit, float[] x, int xOffset,
            int xStride) {
        int fromColumn = chunk * CHUNK_COLUMNS;
        for (int token = fromToken; token < tokenLimit; token++) {
            int row = xOffset + token * xStride;
            float[] source = ordered(unit, fromColumn, count, x, row);
            int from = order == null ? row + fromColumn : unit * CHUNK_COLUMNS;
            interleave(source, from, count, inputsOffset(chunk, token / PANEL_TOKENS) + token % PANEL_TOKENS);
        }
        if (tokenLimit == tokens) {
            for (int token = tokens; token % PANEL_TOKENS != 0; token++) {
                interleave(x, xOffset, 0, inputsOffset(chunk, token / PANEL_TOKENS) + token % PANEL_TOKENS);
            }
        }
    }

    /** Where the inputs of a row from a position on are: in x, or put in order in the unit's piece of ordered. */
    private float[] ordered(int unit, int fromPosition, int count, float[] x, int row) {
        if (order == null) {
            return x;
        }
        order.gather(x, row, fromPosition, count, ordered, unit * CHUNK_COLUMNS);
        return ordered;
    }

    private void interleave(float[] source, int from, int count, int at) {
        for (int k = 0; k < count; k++) {
            inputs[at + k * PANEL_TOKENS] = source[from + k];
        }
        for (int k = count; k < CHUNK_COLUMNS; k++) {
            inputs[at + k * PANEL_TOKENS] = 0;
        }
    }

    /** 32 inputs of one token. */
    private void quantize(float[] source, int from, int count, int stage, int scale, int sum) {
        boolean halves = form.blockInputs() == HALF;
        if (halves) {
            BlockQuantizer.quantizeHalves(source, from, count, limit, staging, stage, scales, scale, GROUP_TOKENS);
        } else {
            BlockQuantizer.quantize(source, from, count, limit, staging, stage, scales, scale, blockSums, sum);
        }
        if (PAIRED_INPUTS) {
            int pairs = form.blockInputs() / 2;
            storeStart(stage, pairs, scale);
            if (halves) {
                storeStart(stage + pairs, pairs, scale + GROUP_TOKENS);
            }
        }
    }

    /** Of the block whose scale is at an index. */
    private void storeStart(int stage, int pairs, int scale) {
        int start = 0;
        for (int i = stage; i < stage + pairs; i++) {
            start -= (short) staging[i] * (staging[i] >> 16);
        }
        starts.set(ValueLayout.JAVA_SHORT, scale * (long) Short.BYTES, (short) start);
    }

    /** From one token after the other to one input of all four tokens after the other. */
    private void storeInputs(int stage, long byteOffset) {
        MemorySegment own = integers.asSlice(byteOffset, INPUTS * INPUT_BYTES);
        for (int i = stage; i < stage + BLOCK_PAIRS; i++) {
            int a = staging[i];
            int b = staging[i + BLOCK_PAIRS];
            int c = staging[i + 2 * BLOCK_PAIRS];
            int d = staging[i + 3 * BLOCK_PAIRS];
            long low = a & 0xFFFF | b << 16;
            long high = c & 0xFFFF | d << 16;
            long lowNext = a >>> 16 | b & 0xFFFF0000;
            long highNext = c >>> 16 | d & 0xFFFF0000;
            int at = (i - stage) * 2 * INPUT_BYTES;
            own.set(ValueLayout.JAVA_LONG_UNALIGNED, at, low & 0xFFFFFFFFL | high << 32);
            own.set(ValueLayout.JAVA_LONG_UNALIGNED, at + INPUT_BYTES, lowNext & 0xFFFFFFFFL | highNext << 32);
        }
    }
}
