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
            throw new IllegalArgumentException("data " + data.byteSize() + " bytes != " + expected + " of " + rows + " x "
                    + columns + " " + type);
        }
    }

    /** Writes the {@link #columns} weights of one row, dequantised exactly. */
    public void dequantizeRow(int row, float[] target, int targetOffset) {
        Objects.checkIndex(row, rows);
        type.dequantize(data, row * type.byteSize(columns), target, targetOffset, columns);
    }
}
