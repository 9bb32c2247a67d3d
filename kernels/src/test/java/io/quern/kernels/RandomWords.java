package io.quern.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * Weights as GPTQ and AWQ files have them, of random bits and no alignment; read by the formats' definitions, field by
 * field.
 */
abstract class RandomWords implements GroupWeights {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    final MemorySegment qweight;
    final MemorySegment qzeros;
    final MemorySegment scaleData;
    private final int rows;
    private final int columns;
    private final int bits;
    private final int groupSize;
    private final TensorType scaleType;
    private final int[] groupIndex;

    private RandomWords(int rows, int columns, int bits, int groupSize, TensorType scaleType, int[] groupIndex,
            Integer zeroWord, boolean zeros, Random random) {
        this.rows = rows;
        this.columns = columns;
        this.bits = bits;
        this.groupSize = groupSize;
        this.scaleType = scaleType;
        this.groupIndex = groupIndex;
        this.qweight = unaligned((long) rows * columns * bits / 8, random);
        this.qzeros = zeros ? unaligned((long) groupCount() * rows * bits / 8, random) : null;
        this.scaleData = unaligned(groupCount() * scaleType.byteSize(rows), random);
        fill(qweight, null, random);
        if (zeros) {
            fill(qzeros, zeroWord, random);
        }
        for (long i = 0; i < (long) groupCount() * rows; i++) {
            float scale = (random.nextFloat() + 0.01f) / 16 * (random.nextBoolean() ? 1 : -1);
            switch (scaleType) {
                case F16 -> scaleData.set(I16, 2 * i, Float.floatToFloat16(scale));
                case BF16 -> scaleData.set(I16, 2 * i, (short) (Float.floatToRawIntBits(scale) >>> 16));
                default -> scaleData.set(F32, 4 * i, scale);
            }
        }
    }

    /** Exactly so many bytes, at an odd address. */
    private static MemorySegment unaligned(long bytes, Random random) {
        return Arena.ofAuto().allocate(bytes + 4).asSlice(1 + 2 * random.nextInt(2), bytes);
    }

    private static void fill(MemorySegment words, Integer word, Random random) {
        for (long i = 0; i < words.byteSize() / 4; i++) {
            words.set(I32, 4 * i, word == null ? random.nextInt() : word);
        }
    }

    /** GPTQ's layout. */
    static final class Gptq extends RandomWords implements GptqWords {
        private final boolean zerosLessOne;

        /** @param zeroWord every word of the zero points, or null for random ones */
        Gptq(int rows, int columns, int bits, int groupSize, TensorType scaleType, int[] groupIndex, Integer zeroWord,
                boolean zerosLessOne, Random random) {
            super(rows, columns, bits, groupSize, scaleType, groupIndex, zeroWord, true, random);
            this.zerosLessOne = zerosLessOne;
        }

        @Override
        public boolean zerosLessOne() {
            return zerosLessOne;
        }

        @Override
        int code(int row, int column) {
            int perWord = 32 / bits();
            int word = qweight.get(I32, 4 * ((long) (column / perWord) * rows() + row));
            return word >>> column % perWord * bits() & (1 << bits()) - 1;
        }

        @Override
        int zero(int group, int row) {
            int perWord = 32 / bits();
            long word = qzeros.get(I32, 4 * ((long) group * (rows() / perWord) + row / perWord)) & 0xFFFF_FFFFL;
            if (zerosLessOne) {
                word += bits() == 4 ? 0x1111_1111L : 0x0101_0101L;
            }
            return (int) (word >>> row % perWord * bits()) & (1 << bits()) - 1;
        }
    }

    /** AWQ's gemm layout. */
    static final class Awq extends RandomWords implements AwqWords {
        /** @param zeros false where the file has none */
        Awq(int rows, int columns, int groupSize, TensorType scaleType, boolean zeros, Random random) {
            super(rows, columns, 4, groupSize, scaleType, null, null, zeros, random);
        }

        @Override
        int code(int row, int column) {
            return nibble(qweight.get(I32, 4 * ((long) column * (rows() / 8) + row / 8)), row % 8);
        }

        @Override
        int zero(int group, int row) {
            return qzeros == null ? 8 : nibble(qzeros.get(I32, 4 * ((long) group * (rows() / 8) + row / 8)), row % 8);
        }

        private static int nibble(int word, int output) {
            for (int t = 0; t < 8; t++) {
                if (AWQ_ORDER[t] == output) {
                    return word >>> 4 * t & 15;
                }
            }
            throw new AssertionError(output);
        }
    }

    abstract int code(int row, int column);

    abstract int zero(int group, int row);

    public MemorySegment qweight() {
        return qweight;
    }

    public MemorySegment qzeros() {
        return qzeros;
    }

    public MemorySegment scaleData() {
        return scaleData;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public int bits() {
        return bits;
    }

    @Override
    public int groupSize() {
        return groupSize;
    }

    @Override
    public int groupCount() {
        return (columns + groupSize - 1) / groupSize;
    }

    @Override
    public int[] groupIndex() {
        return groupIndex;
    }

    @Override
    public TensorType scaleType() {
        return scaleType;
    }

    @Override
    public boolean zerosAreOffsets() {
        return false;
    }

    @Override
    public void codes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target) {
        for (int k = 0; k < columnCount; k++) {
            for (int n = 0; n < rowCount; n++) {
                target[k * rowCount + n] = (byte) code(firstRow + n, firstColumn + k);
            }
        }
    }

    @Override
    public void scales(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            long at = (long) group * rows + firstRow + n;
            target[n] = switch (scaleType) {
                case F16 -> Float.float16ToFloat(scaleData.get(I16, 2 * at));
                case BF16 -> Float.intBitsToFloat(scaleData.get(I16, 2 * at) << 16);
                default -> scaleData.get(F32, 4 * at);
            };
        }
    }

    @Override
    public void zeros(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            target[n] = zero(group, firstRow + n);
        }
    }
}
