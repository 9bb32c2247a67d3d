package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOAT_LANES;

/** One worker's memory for products with mapped words: what belongs to one range of outputs. Made when first needed. */
final class MappedScratch {
    /** A range, and the outputs of a word in every lane of a last vector. */
    private static final int SIZE = MappedMatrix.RANGE_ROWS + 16 * FLOAT_LANES;

    /** Sums of one group. */
    final float[] groupSums = new float[SIZE];

    /** Sums of all groups. */
    final float[] sums = new float[SIZE];

    /** Scales of one group, by row. */
    final float[] scales = new float[SIZE];

    /** Scales or zero points of one group, as the kernel wants them. */
    final float[] others = new float[SIZE];

    /** Inputs, scaled for the kernel. */
    float[] inputs = new float[0];

    /** Scales of all groups, for act-order. */
    float[] scaleTable = new float[0];

    /** Sums of the inputs of all groups, for act-order. */
    float[] inputSums = new float[0];

    void reserveInputs(int count) {
        if (inputs.length < count) {
            inputs = new float[count];
        }
    }

    void reserveGroups(int groups, int rows) {
        if (scaleTable.length < groups * rows) {
            scaleTable = new float[groups * rows];
        }
        if (inputSums.length < groups) {
            inputSums = new float[groups];
        }
    }
}
