package io.quern.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Weights stored row after row, each row a whole number of blocks of one type: every GGUF tensor, and dense ones.
 *
 * @param data exactly the bytes of the tensor, of any alignment
 */
public record BlockWeights(TensorType type, int rows, int columns, MemorySegment data) implements LinearWeights {
    public BlockWeights {
        if (columns % type.elementsPerBlock() != 0) {
            throw new IllegalArgumentException("columns " + columns + " are not whole " + type + " blocks of "
                    + type.elementsPerBlock());
        }
        long expected = (long) rows * (columns / type.elementsPerBlock()) * type.bytesPerBlock();
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException("data " + data.byteSize() + " bytes != " + expected + " of " + rows
                    + " x "
                    + columns + " " + type);
        }
    }

    /** The bytes of one row. */
    public long rowBytes() {
        return type.byteSize(columns);
    }

    /** A range of rows, on the same memory. */
    public BlockWeights slice(int firstRow, int rowCount) {
        Objects.checkFromIndexSize(firstRow, rowCount, rows);
        return new BlockWeights(
                type, rowCount, columns, data.asSlice(firstRow * rowBytes(), rowCount * rowBytes()));
    }

    /** Writes the {@link #columns} weights of one row, dequantised exactly. */
    public void dequantizeRow(int row, float[] target, int targetOffset) {
        Objects.checkIndex(row, rows);
        type.dequantize(data, row * rowBytes(), target, targetOffset, columns);
    }
}
