package io.quern.kernels;

/** The measure of every kernel on {@link GroupWeights}: one weight after another, by the formula. */
final class ScalarGroupWeights {
    private ScalarGroupWeights() {}

    static void dequantizeRow(GroupWeights weights, int row, float[] target) {
        float[] scales = new float[weights.groupCount()];
        float[] zeros = new float[weights.groupCount()];
        float[] one = new float[1];
        for (int g = 0; g < scales.length; g++) {
            weights.scales(g, row, 1, one);
            scales[g] = one[0];
            weights.zeros(g, row, 1, one);
            zeros[g] = one[0];
        }
        byte[] codes = new byte[weights.columns()];
        weights.codes(row, 1, 0, codes.length, codes);
        int[] groupIndex = weights.groupIndex();
        for (int k = 0; k < codes.length; k++) {
            int g = groupIndex == null ? k / weights.groupSize() : groupIndex[k];
            int code = codes[k] & 0xFF;
            target[k] = weights.zerosAreOffsets() ? code * scales[g] + zeros[g] : scales[g] * (code - zeros[g]);
        }
    }
}
