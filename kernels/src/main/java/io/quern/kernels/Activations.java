package io.quern.kernels;

import java.util.Arrays;
import java.util.Objects;

/**
 * The inputs of a matrix-matrix product, {@code (tokens, columns)}, prepared once for all matrices that share them
 * (query, key and value; gate and up) and all workers.
 *
 * <p>Use: {@link #reset} by one thread, {@link #prepare} for all {@link #units} by one thread or split among several,
 * then (after a barrier) any number of products by any threads. {@link #reset} allocates only when more is needed than
 * ever before.
 */
public final class Activations {
    /** What products are computed with. */
    public enum Precision {
        /** Floats, exactly. */
        F32,

        /**
         * Integers of eight to ten bits, where a matrix has integer kernels; floats elsewhere. Faster. Matrix-vector
         * products have them with a scale for 16 inputs, matrix-matrix products with a scale for each token and 32
         * inputs, or 16 where the weights' scales are for 16; both for codes of 6 bits or fewer.
         */
        INTEGER
    }

    private final int tokenCapacity;
    private final int columnCapacity;
    private ActivationPanels[] variants = {new ActivationPanels()};
    private int variantCount;
    private int tokens;
    private int columns;
    private Precision precision;

    /** Takes at most this many tokens and inputs; memory is allocated as it is needed. */
    public Activations(int tokenCapacity, int columnCapacity) {
        if (tokenCapacity < 1 || columnCapacity < 1) {
            throw new IllegalArgumentException(
                    "capacity " + tokenCapacity + " x " + columnCapacity + " is not positive");
        }
        this.tokenCapacity = tokenCapacity;
        this.columnCapacity = columnCapacity;
    }

    /**
     * As {@link #reset(int, Precision, PackedMatrix...)} for matrices of so many columns in their natural order, in
     * F32.
     */
    public void reset(int tokens, int columns) {
        checkShape(tokens, columns);
        precision = Precision.F32;
        variantCount = 0;
        add(null, null);
    }

    /**
     * Says the shape and the form of what {@link #prepare} will bring; until it has, the contents are undefined.
     *
     * @param sharing the matrices that will be multiplied with it; keep the array, it is read and not stored
     * @throws IllegalArgumentException if the matrices differ in their columns, or capacity is exceeded
     */
    public void reset(int tokens, Precision precision, PackedMatrix... sharing) {
        checkShape(tokens, sharing[0].columns());
        this.precision = precision;
        variantCount = 0;
        for (PackedMatrix matrix : sharing) {
            if (matrix.columns() != columns) {
                throw new IllegalArgumentException("columns " + matrix.columns() + " != " + columns);
            }
            if (find(matrix.inputOrder(), form(matrix)) == null) {
                add(matrix.inputOrder(), form(matrix));
            }
        }
    }

    private PanelForm form(PackedMatrix matrix) {
        return precision == Precision.INTEGER ? matrix.panelForm() : null;
    }

    private void checkShape(int tokens, int columns) {
        if (tokens < 1 || tokens > tokenCapacity || columns < 1 || columns > columnCapacity) {
            throw new IllegalArgumentException("shape " + tokens + " x " + columns + " is not within capacity "
                    + tokenCapacity + " x " + columnCapacity);
        }
        this.tokens = tokens;
        this.columns = columns;
    }

    private void add(InputOrder order, PanelForm form) {
        if (variantCount == variants.length) {
            variants = Arrays.copyOf(variants, variantCount + 1);
            variants[variantCount] = new ActivationPanels();
        }
        variants[variantCount++].reset(tokens, columns, order, form);
    }

    private ActivationPanels find(InputOrder order, PanelForm form) {
        for (int i = 0; i < variantCount; i++) {
            if (Objects.equals(variants[i].form(), form) && Objects.equals(variants[i].order(), order)) {
                return variants[i];
            }
        }
        return null;
    }

    /** The inputs in the order that a matrix wants. */
    ActivationPanels forMatrix(PackedMatrix matrix) {
        if (columns != matrix.columns()) {
            throw new IllegalArgumentException("columns " + matrix.columns() + " != inputs " + columns);
        }
        ActivationPanels panels = find(matrix.inputOrder(), form(matrix));
        if (panels == null) {
            throw new IllegalArgumentException("these activations were not set for this " + matrix.rows() + " x "
                    + matrix.columns() + " matrix, " + matrix.layout());
        }
        return panels;
    }

    public int tokens() {
        return tokens;
    }

    public int columns() {
        return columns;
    }

    /** Pieces of work that {@link #prepare} can be split into. */
    public int units() {
        return variantCount * variants[0].units();
    }

    /**
     * Prepares units {@code fromUnit <= u < unitLimit} from the rows {@code x[xOffset + t * xStride + k]} of all
     * tokens. Threads that prepare different units may run at once.
     */
    public void prepare(float[] x, int xOffset, int xStride, int fromUnit, int unitLimit) {
        if (fromUnit < 0 || fromUnit > unitLimit || unitLimit > units()) {
            throw new IllegalArgumentException("units " + fromUnit + " to " + unitLimit + " are not within " + units());
        }
        if (xStride < columns) {
            throw new IllegalArgumentException("stride " + xStride + " < columns " + columns);
        }
        int unitsOfVariant = variants[0].units();
        for (int unit = fromUnit; unit < unitLimit; unit++) {
            variants[unit / unitsOfVariant].prepare(unit % unitsOfVariant, x, xOffset, xStride);
        }
    }
}
