package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.INPUTS;
import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.PANEL_TOKENS;

import java.util.Arrays;

/**
 * The inputs of a matrix-matrix product in one {@link InputOrder}, as floats, as integers, or as both.
 *
 * <p>Tokens are grouped in panels, inputs in chunks; a panel's piece of a chunk is a unit. The panels of one chunk are
 * contiguous: what a tile of weights meets while it is in the cache is one stream. Missing tokens of the last panel and missing
 * inputs of the last chunk are zero.
 */
final class ActivationPanels {
    private static final int UNIT_INPUTS = PANEL_TOKENS * CHUNK_COLUMNS;
    private static final int UNIT_PAIRS = UNIT_INPUTS / 2;
    private static final int UNIT_SCALES = UNIT_INPUTS / INPUTS;

    /** {@code [chunk][panel][k within the chunk][token within the panel]}. */
    float[] inputs = new float[0];

    /** {@code [chunk][panel][two tokens of it][k / 2][token of the two]}: inputs k and k + 1 in one int. */
    int[] pairs = new int[0];

    /** {@code [chunk][panel][two tokens of it][block][token of the two]}. */
    float[] scales = new float[0];

    /** {@code [chunk][panel][block][token within the panel]}: sums of the block's quantised inputs. */
    float[] blockSums = new float[0];

    /** Inputs put in order: {@code [chunk][panel][token][k]}. */
    private float[] ordered = new float[0];

    private InputOrder order;
    private boolean floats;
    private boolean integers;
    private int tokens;
    private int columns;

    /** Says what will be prepared next; grows the arrays that this needs. */
    void reset(int tokens, int columns, InputOrder order, boolean floats, boolean integers) {
        this.tokens = tokens;
        this.columns = columns;
        this.order = order;
        this.floats = floats;
        this.integers = integers;
        int size = Math.multiplyExact(panelCount() * chunkCount(), UNIT_INPUTS);
        if (floats && inputs.length < size) {
            inputs = new float[size];
        }
        if (integers && pairs.length < size / 2) {
            pairs = new int[size / 2];
            scales = new float[size / INPUTS];
            blockSums = new float[size / INPUTS];
        }
        if (order != null && ordered.length < size) {
            ordered = new float[size];
        }
    }

    InputOrder order() {
        return order;
    }

    boolean hasFloats() {
        return floats;
    }

    boolean hasIntegers() {
        return integers;
    }

    int units() {
        return panelCount() * chunkCount();
    }

    int panelCount() {
        return (tokens + PANEL_TOKENS - 1) / PANEL_TOKENS;
    }

    int chunkCount() {
        return (columns + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS;
    }

    /** Where the unit of a panel and chunk begins in {@link #inputs}. */
    int inputsOffset(int chunk, int panel) {
        return (chunk * panelCount() + panel) * UNIT_INPUTS;
    }

    /** Where two tokens, the 0th or 1st two of a panel, begin in {@link #pairs}. */
    int pairsOffset(int chunk, int panel, int two) {
        return (chunk * panelCount() + panel) * UNIT_PAIRS + two * CHUNK_COLUMNS;
    }

    /** Where two tokens begin in {@link #scales}. */
    int scalesOffset(int chunk, int panel, int two) {
        return (chunk * panelCount() + panel) * UNIT_SCALES + two * (2 * CHUNK_COLUMNS / INPUTS);
    }

    /** Where the unit of a panel and chunk begins in {@link #blockSums}. */
    int sumsOffset(int chunk, int panel) {
        return (chunk * panelCount() + panel) * UNIT_SCALES;
    }

    /** Prepares one unit from the rows {@code x[xOffset + t * xStride + k]} of all tokens. */
    void prepare(int unit, float[] x, int xOffset, int xStride) {
        int fromColumn = unit / panelCount() * CHUNK_COLUMNS;
        int fromToken = unit % panelCount() * PANEL_TOKENS;
        int tokenCount = Math.min(PANEL_TOKENS, tokens - fromToken);
        int count = Math.min(CHUNK_COLUMNS, columns - fromColumn);
        if (integers) {
            Arrays.fill(pairs, unit * UNIT_PAIRS, (unit + 1) * UNIT_PAIRS, 0);
            Arrays.fill(scales, unit * UNIT_SCALES, (unit + 1) * UNIT_SCALES, 0);
            Arrays.fill(blockSums, unit * UNIT_SCALES, (unit + 1) * UNIT_SCALES, 0);
        }
        if (floats && (tokenCount < PANEL_TOKENS || count < CHUNK_COLUMNS)) {
            Arrays.fill(inputs, unit * UNIT_INPUTS, (unit + 1) * UNIT_INPUTS, 0);
        }
        for (int token = 0; token < tokenCount; token++) {
            float[] source = x;
            int from = xOffset + (fromToken + token) * xStride + fromColumn;
            if (order != null) {
                int at = unit * UNIT_INPUTS + token * CHUNK_COLUMNS;
                order.gather(x, from - fromColumn, fromColumn, count, ordered, at);
                source = ordered;
                from = at;
            }
            if (floats) {
                interleave(source, from, count, inputs, unit * UNIT_INPUTS + token);
            }
            if (integers) {
                quantize(source, from, count, unit, token);
            }
        }
    }

    private static void interleave(float[] source, int from, int count, float[] target, int at) {
        for (int k = 0; k < count; k++) {
            target[at + k * PANEL_TOKENS] = source[from + k];
        }
    }

    private void quantize(float[] source, int from, int count, int unit, int token) {
        int pair = unit * UNIT_PAIRS + token / 2 * CHUNK_COLUMNS;
        int scale = unit * UNIT_SCALES + token / 2 * (2 * CHUNK_COLUMNS / INPUTS) + token % 2;
        int sum = unit * UNIT_SCALES + token;
        int whole = count / INPUTS * INPUTS;
        for (int k = 0; k < whole; k += INPUTS) {
            BlockQuantizer.quantize(source, from + k, token % 2, pairs, pair + k, scales, scale + k / INPUTS * 2, blockSums,
                    sum + k / INPUTS * PANEL_TOKENS);
        }
        if (whole < count) {
            BlockQuantizer.quantizeScalar(source, from + whole, count - whole, token % 2, pairs, pair + whole, scales,
                    scale + whole / INPUTS * 2, blockSums, sum + whole / INPUTS * PANEL_TOKENS);
        }
    }
}
