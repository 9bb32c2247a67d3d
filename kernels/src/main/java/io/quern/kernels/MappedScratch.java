package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOAT_LANES;

/** One worker's memory for products with mapped words: what belongs to one range of outputs. Made when first needed. */
final class MappedScratch {
    /** Sums of one block of inputs as integers, zero between blocks. */
    short[] blockSums = new short[0];

    /** Sums of one group. */
    float[] groupSums = new float[0];

    /** Sums of all groups. */
    float[] sums = new float[0];

    /** Scales of one group, by row. */
    float[] scales = new float[0];

    /** Scales of 16 bits of one group, two in an int. */
    int[] scalePairs = new int[0];

    /** Scales or zero points of one group, as the kernel wants them. */
    float[] others = new float[0];

    /** Inputs, scaled for the kernel. */
    float[] inputs = new float[0];

    /** Scales of all groups, for act-order. */
    float[] scaleTable = new float[0];

    /** Sums of the inputs of all groups, for act-order. */
    float[] inputSums = new float[0];

    /** Makes room for a range of outputs, and for those of a word in every lane of a last vector. */
    void reserveOutputs(int count) {
        int size = count + 16 * FLOAT_LANES;
        if (sums.length < size) {
            blockSums = new short[size];
            groupSums = new float[size];
            sums = new float[size];
            scales = new float[size];
            scalePairs = new int[size / 2];
            others = new float[size];
        }
    }

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
