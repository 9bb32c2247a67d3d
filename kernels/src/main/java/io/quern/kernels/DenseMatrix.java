package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.MemorySegment;

/**
 * Floats as they are, of 32 bits (one in a word) or 16 (two, the even input in the low half): {@code
 * [word][TILE_ROWS]}.
 */
abstract class DenseMatrix extends TiledMatrix {
    final MemorySegment data;
    final int paddedColumns;
    private final int wordInputs;
    private final String layout;
    private final InputForm inputForm;

    /** @param terms how inputs are prepared */
    DenseMatrix(int rows, int columns, TensorType type, MemorySegment data, FloatTerms terms) {
        super(rows, columns);
        this.data = data;
        this.inputForm = InputForm.of(terms, Chunks.PADDING);
        this.paddedColumns = Chunks.padded(columns);
        this.wordInputs = wordInputs(type);
        this.layout = type.toString().toLowerCase(java.util.Locale.ROOT);
    }

    static int wordInputs(TensorType type) {
        return Integer.BYTES / type.bytesPerBlock();
    }

    static long tileBytes(int columns, TensorType type) {
        return (long) Chunks.padded(columns) / wordInputs(type) * TILE_WORD_BYTES;
    }

    @Override
    public final String layout() {
        return layout;
    }

    @Override
    public final long byteSize() {
        return data.byteSize();
    }

    /** Byte offset of the words of an even input. */
    final long at(int tile, int column) {
        return ((long) tile * paddedColumns + column) / wordInputs * TILE_WORD_BYTES;
    }

    @Override
    final void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset) {
        int limit = Math.min(paddedColumns, fromColumn + Chunks.padded(columnCount));
        unpack(at(tile, fromColumn), limit - fromColumn, target, targetOffset);
    }

    /** Writes the floats of an even number of inputs, {@code [k][TILE_ROWS]}. */
    abstract void unpack(long at, int inputs, float[] target, int targetOffset);

    @Override
    final InputForm inputForm(Activations.Precision precision) {
        return inputForm;
    }

    @Override
    final void addTile(int tile, VectorActivations.Prepared x, VectorScratch scratch) {
        for (int from = 0; from < paddedColumns; from += Chunks.INPUTS) {
            accumulate(at(tile, from), Math.min(Chunks.INPUTS, paddedColumns - from), x.values, from, scratch);
        }
    }

    /** Adds the products of at most {@link Chunks#INPUTS} inputs to the sums. */
    abstract void accumulate(long at, int inputs, float[] x, int xOffset, VectorScratch scratch);
}
