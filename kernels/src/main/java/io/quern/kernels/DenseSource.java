package io.quern.kernels;

/** Weights on their way into a layout of floats. */
@FunctionalInterface
interface DenseSource {
    /** Reads elements of one row: the bits of a float of 16 or 32 bits, whichever the layout stores. */
    void read(int row, int fromColumn, int count, int[] bits);

    /** The floats of a stored tensor of the layout's own type, or of any type for a layout of f32. */
    static DenseSource of(BlockWeights weights, TensorType stored) {
        int elementBytes = weights.type().bytesPerBlock();
        long rowBytes = (long) weights.columns() * elementBytes;
        if (stored != TensorType.F32) {
            return (row, fromColumn, count, bits) -> {
                long at = row * rowBytes + (long) fromColumn * elementBytes;
                for (int k = 0; k < count; k++) {
                    bits[k] = Bytes.u16(weights.data(), at + 2L * k);
                }
            };
        }
        return (row, fromColumn, count, bits) -> {
            float[] values = new float[count];
            long at = row * rowBytes + (long) fromColumn * elementBytes;
            weights.type().dequantize(weights.data(), at, values, 0, count);
            for (int k = 0; k < count; k++) {
                bits[k] = Float.floatToRawIntBits(values[k]);
            }
        };
    }

    /** Group-quantised weights whose groups fit no integer layout: dequantised. */
    static DenseSource of(GroupWeights weights) {
        return (row, fromColumn, count, bits) -> {
            byte[] codes = new byte[count];
            float[] scale = new float[1];
            float[] zero = new float[1];
            weights.codes(row, 1, fromColumn, count, codes);
            int[] groupIndex = weights.groupIndex();
            for (int k = 0; k < count; k++) {
                int input = fromColumn + k;
                int group = groupIndex == null ? input / weights.groupSize() : groupIndex[input];
                weights.scales(group, row, 1, scale);
                weights.zeros(group, row, 1, zero);
                int code = codes[k] & 0xFF;
                float value = weights.zerosAreOffsets() ? code * scale[0] + zero[0] : scale[0] * (code - zero[0]);
                bits[k] = Float.floatToRawIntBits(value);
            }
        };
    }
}
