package io.quern.kernels;

/**
 * The inputs of a matrix-matrix product, {@code (tokens, columns)}, prepared once for all matrices that share them.
 *
 * <p>Tokens are grouped in panels, inputs in chunks; inside a panel the tokens of one input are neighbours, so that a kernel
 * broadcasts them one after another. The panels of one chunk are contiguous: what a tile of weights meets while it is in
 * the cache is one stream.
 *
 * <p>Use: {@link #reset}, then {@link #prepare} for all {@link #units}, by one thread or split among several, then (after
 * a barrier) any number of products by any threads.
 */
public final class Activations {
    static final int PANEL_TOKENS = CpuConstants.PANEL_TOKENS;
    static final int CHUNK_COLUMNS = CpuConstants.CHUNK_COLUMNS;

    private static final int UNIT_FLOATS = PANEL_TOKENS * CHUNK_COLUMNS;

    private final int tokenCapacity;
    private final int columnCapacity;
    private final float[] panels;
    private int tokens;
    private int columns;

    /** Allocates for at most this many tokens and inputs. */
    public Activations(int tokenCapacity, int columnCapacity) {
        if (tokenCapacity < 1 || columnCapacity < 1) {
            throw new IllegalArgumentException("capacity " + tokenCapacity + " x " + columnCapacity + " is not positive");
        }
        this.tokenCapacity = tokenCapacity;
        this.columnCapacity = columnCapacity;
        long floats = (long) panelCount(tokenCapacity) * chunkCount(columnCapacity) * UNIT_FLOATS;
        this.panels = new float[Math.toIntExact(floats)];
    }

    /** Says the shape of what {@link #prepare} will bring; until it has, the contents are undefined. */
    public void reset(int tokens, int columns) {
        if (tokens < 1 || tokens > tokenCapacity || columns < 1 || columns > columnCapacity) {
            throw new IllegalArgumentException("shape " + tokens + " x " + columns + " is not within capacity "
                    + tokenCapacity + " x " + columnCapacity);
        }
        this.tokens = tokens;
        this.columns = columns;
    }

    public int tokens() {
        return tokens;
    }

    public int columns() {
        return columns;
    }

    /** Pieces of work that {@link #prepare} can be split into. */
    public int units() {
        return panelCount() * chunkCount();
    }

    /**
     * Prepares units {@code fromUnit <= u < unitLimit} from the rows {@code x[xOffset + t * xStride + k]} of all tokens.
     * Threads that prepare different units may run at once.
     */
    public void prepare(float[] x, int xOffset, int xStride, int fromUnit, int unitLimit) {
        if (fromUnit < 0 || fromUnit > unitLimit || unitLimit > units()) {
            throw new IllegalArgumentException("units " + fromUnit + " to " + unitLimit + " are not within " + units());
        }
        if (xStride < columns) {
            throw new IllegalArgumentException("stride " + xStride + " < columns " + columns);
        }
        for (int unit = fromUnit; unit < unitLimit; unit++) {
            int fromColumn = unit / panelCount() * CHUNK_COLUMNS;
            int fromToken = unit % panelCount() * PANEL_TOKENS;
            fillUnit(x, xOffset + fromToken * xStride + fromColumn, xStride, Math.min(PANEL_TOKENS, tokens - fromToken),
                    Math.min(CHUNK_COLUMNS, columns - fromColumn), unit * UNIT_FLOATS);
        }
    }

    /** Missing tokens of the last panel and missing inputs of the last chunk become zero. */
    private void fillUnit(float[] x, int xOffset, int xStride, int tokenCount, int columnCount, int unitOffset) {
        for (int token = 0; token < PANEL_TOKENS; token++) {
            int from = xOffset + token * xStride;
            int count = token < tokenCount ? columnCount : 0;
            for (int k = 0; k < count; k++) {
                panels[unitOffset + k * PANEL_TOKENS + token] = x[from + k];
            }
            for (int k = count; k < CHUNK_COLUMNS; k++) {
                panels[unitOffset + k * PANEL_TOKENS + token] = 0;
            }
        }
    }

    int panelCount() {
        return panelCount(tokens);
    }

    int chunkCount() {
        return chunkCount(columns);
    }

    /** The f32 panels: {@code [chunk][panel][k within the chunk][token within the panel]}. */
    float[] panels() {
        return panels;
    }

    /** Where the inputs of a panel and chunk begin in {@link #panels()}. */
    int unitOffset(int chunk, int panel) {
        return (chunk * panelCount() + panel) * UNIT_FLOATS;
    }

    private static int panelCount(int tokens) {
        return (tokens + PANEL_TOKENS - 1) / PANEL_TOKENS;
    }

    private static int chunkCount(int columns) {
        return (columns + CHUNK_COLUMNS - 1) / CHUNK_COLUMNS;
    }
}
