package io.quern.kernels;

import java.util.Random;

/** Group-quantised weights made from a seed, and their plain definition as an oracle. */
final class RandomGroups implements GroupWeights {
    private final int rows;
    private final int columns;
    private final int bits;
    private final int groupSize;
    private final TensorType scaleType;
    private final boolean offsets;
    private final int[] groupIndex;
    private final byte[] codes;
    private final float[] scales;
    private final float[] zeros;

    /** What stands beside the scales. */
    enum Zeros {
        SYMMETRIC,
        INTEGERS,
        OFFSETS
    }

    RandomGroups(int rows, int columns, int bits, int groupSize, TensorType scaleType, Zeros kind, boolean actOrder,
            Random random) {
        this.rows = rows;
        this.columns = columns;
        this.bits = bits;
        this.groupSize = groupSize;
        this.scaleType = scaleType;
        this.offsets = kind == Zeros.OFFSETS;
        this.codes = new byte[rows * columns];
        random.nextBytes(codes);
        for (int i = 0; i < codes.length; i++) {
            codes[i] &= (byte) ((1 << bits) - 1);
        }
        scales = new float[groupCount() * rows];
        zeros = new float[groupCount() * rows];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = rounded((random.nextFloat() + 0.01f) / 16 * (random.nextBoolean() ? 1 : -1));
            zeros[i] = switch (kind) {
                case SYMMETRIC -> 1 << bits - 1;
                // A zero point one above the largest code occurs: GPTQ's wrap-around read without a mask.
                case INTEGERS -> Math.min(255, random.nextInt((1 << bits) + 1));
                case OFFSETS -> rounded((float) random.nextGaussian());
            };
        }
        groupIndex = actOrder ? new int[columns] : null;
        if (actOrder) {
            for (int k = 0; k < columns; k++) {
                groupIndex[k] = k / groupSize;
            }
            for (int k = columns - 1; k > 0; k--) {
                int other = random.nextInt(k + 1);
                int swapped = groupIndex[k];
                groupIndex[k] = groupIndex[other];
                groupIndex[other] = swapped;
            }
        }
    }

    private float rounded(float value) {
        return switch (scaleType) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
            case BF16 -> Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xFFFF0000);
            default -> value;
        };
    }

    /** The definition, in f32. */
    float weight(int row, int column) {
        int at = (groupIndex == null ? column / groupSize : groupIndex[column]) * rows + row;
        int code = codes[row * columns + column] & 0xFF;
        return offsets ? code * scales[at] + zeros[at] : scales[at] * (code - zeros[at]);
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
        return offsets;
    }

    @Override
    public void codes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target) {
        for (int k = 0; k < columnCount; k++) {
            for (int n = 0; n < rowCount; n++) {
                target[k * rowCount + n] = codes[(firstRow + n) * columns + firstColumn + k];
            }
        }
    }

    @Override
    public void scales(int group, int firstRow, int rowCount, float[] target) {
        System.arraycopy(scales, group * rows + firstRow, target, 0, rowCount);
    }

    @Override
    public void zeros(int group, int firstRow, int rowCount, float[] target) {
        System.arraycopy(zeros, group * rows + firstRow, target, 0, rowCount);
    }
}
