package io.quern.measure;

import io.quern.kernels.GroupWeights;
import io.quern.kernels.TensorType;

/** Random codes in groups with a zero point each, as AWQ and asymmetric GPTQ have them. Nothing is stored. */
record RandomGroupWeights(int rows, int columns, int bits, int groupSize) implements GroupWeights {
    private static final float SCALE = 0x1p-9f;

    @Override
    public int groupCount() {
        return (columns + groupSize - 1) / groupSize;
    }

    @Override
    public int[] groupIndex() {
        return null;
    }

    @Override
    public TensorType scaleType() {
        return TensorType.F16;
    }

    @Override
    public boolean zerosAreOffsets() {
        return false;
    }

    @Override
    public void codes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target) {
        int mask = (1 << bits) - 1;
        for (int k = 0; k < columnCount; k++) {
            for (int n = 0; n < rowCount; n++) {
                target[k * rowCount + n] = (byte) (scrambled(firstRow + n, firstColumn + k) & mask);
            }
        }
    }

    @Override
    public void scales(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            target[n] = SCALE * (1 + (scrambled(firstRow + n, group) & 7) / 8f);
        }
    }

    @Override
    public void zeros(int group, int firstRow, int rowCount, float[] target) {
        int mask = (1 << bits) - 1;
        for (int n = 0; n < rowCount; n++) {
            target[n] = scrambled(firstRow + n, ~group) & mask;
        }
    }

    private static int scrambled(int a, int b) {
        int hash = (a * 0x9E3779B9 + b) * 0x85EBCA6B;
        return (hash ^ hash >>> 15) * 0xC2B2AE35 >>> 16;
    }
}
