package io.quern.kernels;

import java.lang.foreign.Arena;
import java.util.Optional;

/**
 * The weights of one linear layer, {@code (rows, columns)} = (outputs, inputs), in a layout made for the kernels: rows
 * are interleaved in the vector lanes, so that a product needs no horizontal sum and reads one sequential stream.
 *
 * <p>Immutable and safe for use by many threads. Work is split by rows: every range starts at a multiple of
 * {@link #tileRows} and ends at one, or at {@link #rows}.
 */
public abstract class PackedMatrix {
    private final int rows;
    private final int columns;

    protected PackedMatrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * Allocates a packed matrix for these weights and returns what fills it.
     *
     * @param arena where the packed weights live; it must stay open while the matrix is used
     */
    public static Packer packer(LinearWeights weights, Arena arena) {
        return Layouts.packer(weights, arena);
    }

    /** Packs weights in the calling thread. */
    public static PackedMatrix pack(LinearWeights weights, Arena arena) {
        Packer packer = packer(weights, arena);
        packer.packTiles(0, packer.tileCount());
        return packer.finish();
    }

    /**
     * A matrix that multiplies from the checkpoint's own bytes, without a copy of them: GPTQ of 4 or 8 bits
     * ({@link GptqWords}), AWQ ({@link AwqWords}). Its inputs stay in their natural order.
     *
     * @return empty if there is no kernel for the bytes of these weights
     * @throws IllegalArgumentException if the bytes are not as many as the shape needs
     */
    public static Optional<PackedMatrix> mapped(LinearWeights weights) {
        return MappedMatrix.of(weights);
    }

    /** Outputs of the linear layer. */
    public final int rows() {
        return rows;
    }

    /** Inputs of the linear layer. */
    public final int columns() {
        return columns;
    }

    /** The layout in a few words, for {@code Model.describe()}: "int4 g32 + scale". */
    public abstract String layout();

    /** Bytes that the packed weights take. */
    public abstract long byteSize();

    /** Rows of one tile: the smallest piece of work. */
    public abstract int tileRows();

    /** Writes the {@link #columns} weights of one row, exactly as the scalar dequantisation of the file gives them. */
    public abstract void unpackRow(int row, float[] target, int targetOffset);

    /** The order in which inputs are stored, or null if it is the natural one. {@link #unpackRow} undoes it. */
    public InputOrder inputOrder() {
        return null;
    }

    /** What {@link VectorActivations} prepare for this matrix. */
    abstract InputForm inputForm(Activations.Precision precision);

    /**
     * {@code y[yOffset + r] = sum over k of W[r][k] * x[k]} for rows {@code fromRow <= r < rowLimit}. Other elements of
     * y stay as they are.
     *
     * @param x set for this matrix, perhaps among others
     * @param scratch memory of the calling thread alone
     */
    public abstract void multiplyVector(
            VectorActivations x, Scratch scratch, float[] y, int yOffset, int fromRow, int rowLimit);

    /** How {@link #multiplyMatrix} wants integer activations; null if it has no kernel for them. */
    PanelForm panelForm() {
        return null;
    }

    /**
     * {@code y[yOffset + t * yStride + r] = sum over k of W[r][k] * x[t][k]} for every token t of {@code x} and rows
     * {@code fromRow <= r < rowLimit}. Other elements of y stay as they are.
     *
     * @param scratch memory of the calling thread alone
     */
    public abstract void multiplyMatrix(
            Activations x, float[] y, int yOffset, int yStride, int fromRow, int rowLimit, Scratch scratch);
}
