package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import io.quern.kernels.GroupScales.Offset;
import java.lang.foreign.Arena;

/** Chooses how group-quantised weights are stored. */
final class GroupLayouts {
    private GroupLayouts() {}

    static Packer packer(GroupWeights weights, Arena arena) {
        int groupSize = weights.groupSize();
        int blockInputs = groupSize >= weights.columns() ? Chunks.padded(weights.columns()) : groupSize;
        InputOrder order = null;
        boolean regular = blockInputs % Chunks.PADDING == 0;
        if (weights.groupIndex() != null) {
            order = InputOrder.sorting(weights.groupIndex(), weights.groupCount());
            regular &= isRegular(weights, order);
        }
        CodePlane plane = CodePlane.of(weights.bits());
        if (!regular || plane == null) {
            return new DensePacker(
                    weights.rows(), weights.columns(), TensorType.F32, DenseSource.of(weights), arena);
        }
        GroupScales codec = codec(weights);
        IntegerShape shape = new IntegerShape(weights.rows(), weights.columns(), blockInputs, codec, plane);
        InputOrder stored = order;
        return new IntegerPacker(shape, order, () -> new GroupSource(weights, blockInputs, stored, codec), arena);
    }

    /** Whether sorting brings the inputs of group g to the places from g * groupSize on. */
    private static boolean isRegular(GroupWeights weights, InputOrder order) {
        int[] groupIndex = weights.groupIndex();
        for (int position = 0; position < groupIndex.length; position++) {
            int input = order == null ? position : order.inputAt(position);
            if (groupIndex[input] != position / weights.groupSize()) {
                return false;
            }
        }
        return true;
    }

    private static GroupScales codec(GroupWeights weights) {
        if (weights.zerosAreOffsets()) {
            return new GroupScales(weights.scaleType(), Offset.MINIMUM, 0);
        }
        int common = commonZero(weights);
        return new GroupScales(weights.scaleType(), common < 0 ? Offset.ZERO : Offset.COMMON_ZERO, common);
    }

    /** The zero point that all groups share, or -1: symmetric checkpoints store it all the same. */
    private static int commonZero(GroupWeights weights) {
        float[] zeros = new float[TILE_ROWS];
        weights.zeros(0, 0, 1, zeros);
        float first = zeros[0];
        for (int group = 0; group < weights.groupCount(); group++) {
            for (int row = 0; row < weights.rows(); row += TILE_ROWS) {
                int count = Math.min(TILE_ROWS, weights.rows() - row);
                weights.zeros(group, row, count, zeros);
                for (int i = 0; i < count; i++) {
                    if (zeros[i] != first) {
                        return -1;
                    }
                }
            }
        }
        return first == (int) first && first >= 0 && first <= 255 ? (int) first : -1;
    }
}
