package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Weights on their way into a layout of floats. */
@FunctionalInterface
interface DenseSource {
    /**
     * Reads elements of a tile as the layout stores them: an f32 in a word, or two floats of 16 bits, the first in the
     * low half.
     *
     * @param fromColumn a multiple of 8
     * @param words {@code [word][TILE_ROWS]}, which come zeroed
     */
    void read(int firstRow, int rowCount, int fromColumn, int count, int[] words);

    /** The floats of a stored tensor of the layout's own type, or of any type for a layout of f32. */
    static DenseSource of(BlockWeights weights, TensorType stored) {
        return stored == TensorType.F32 ? ofFloats(weights) : ofHalves(weights);
    }

    private static DenseSource ofHalves(BlockWeights weights) {
        MemorySegment data = weights.data();
        return (firstRow, rowCount, fromColumn, count, words) -> {
            int[] row = new int[Chunks.ceilDiv(count, 2)];
            for (int lane = 0; lane < rowCount; lane++) {
                long at = (firstRow + lane) * weights.rowBytes() + 2L * fromColumn;
                MemorySegment.copy(data, Bytes.I32, at, row, 0, count / 2);
                if (count % 2 != 0) {
                    row[count / 2] = Bytes.u16(data, at + 2L * (count - 1));
                }
                put(row, words, lane);
            }
        };
    }

    private static DenseSource ofFloats(BlockWeights weights) {
        TensorType type = weights.type();
        return (firstRow, rowCount, fromColumn, count, words) -> {
            float[] values = new float[count];
            int[] row = new int[count];
            for (int lane = 0; lane < rowCount; lane++) {
                long at = (firstRow + lane) * weights.rowBytes() + type.byteSize(fromColumn);
                type.dequantize(weights.data(), at, values, 0, count);
                for (int k = 0; k < count; k++) {
                    row[k] = Float.floatToRawIntBits(values[k]);
                }
                put(row, words, lane);
            }
        };
    }

    private static void put(int[] row, int[] words, int lane) {
        for (int i = 0; i < row.length; i++) {
            words[i * TILE_ROWS + lane] = row[i];
        }
    }

    /** Group-quantised weights whose groups fit no integer layout: dequantised. */
    static DenseSource of(GroupWeights weights) {
        int[] groupIndex = weights.groupIndex();
        return (firstRow, rowCount, fromColumn, count, words) -> {
            long[] codes = new long[Chunks.ceilDiv(count, 8) * TILE_ROWS];
            float[] scales = new float[rowCount];
            float[] zeros = new float[rowCount];
            weights.codes(firstRow, rowCount, fromColumn, count, codes, TILE_ROWS);
            int loaded = -1;
            for (int k = 0; k < count; k++) {
                int input = fromColumn + k;
                int group = groupIndex == null ? input / weights.groupSize() : groupIndex[input];
                if (group != loaded) {
                    weights.scales(group, firstRow, rowCount, scales);
                    weights.zeros(group, firstRow, rowCount, zeros);
                    loaded = group;
                }
                for (int lane = 0; lane < rowCount; lane++) {
                    int code = (int) (codes[k / 8 * TILE_ROWS + lane] >>> 8 * (k % 8)) & 0xFF;
                    float value = weights.zerosAreOffsets()
                            ? code * scales[lane] + zeros[lane]
                            : scales[lane] * (code - zeros[lane]);
                    words[k * TILE_ROWS + lane] = Float.floatToRawIntBits(value);
                }
            }
        };
    }
}
