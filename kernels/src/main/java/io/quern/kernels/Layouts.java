package io.quern.kernels;

import io.quern.kernels.GroupScales.Offset;
import java.lang.foreign.Arena;

/** Chooses the layout of a linear layer's weights. */
final class Layouts {
    private Layouts() {}

    static Packer packer(LinearWeights weights, Arena arena) {
        if (weights.rows() < 1 || weights.columns() < 1) {
            throw new IllegalArgumentException("a matrix of " + weights.rows() + " x " + weights.columns() + " is empty");
        }
        return switch (weights) {
            case GroupWeights groups -> GroupLayouts.packer(groups, arena);
            case BlockWeights blocks -> blockPacker(blocks, arena);
        };
    }

    private static Packer blockPacker(BlockWeights weights, Arena arena) {
        return switch (weights.type()) {
            case F16, BF16 -> dense(weights, weights.type(), arena);
            case F32, F64 -> dense(weights, TensorType.F32, arena);
            case Q4_0 -> integer(weights, new Codes4(), common(TensorType.F16, 8), 32, new Q40Reader(), arena);
            case Q4_1 -> integer(weights, new Codes4(), minimums(), 32, new Q41Reader(), arena);
            case Q8_0 -> integer(weights, new Codes8(), common(TensorType.F16, 128), 32, new Q80Reader(), arena);
            case Q8_K -> integer(weights, new Codes8(), common(TensorType.F32, 128), 256, new Q8KReader(), arena);
            case I8, I16, I32, I64 ->
                throw new IllegalArgumentException("tensor type " + weights.type() + " is not a type of weights");
            default -> RawMatrix.packer(weights, arena);
        };
    }

    private static Packer dense(BlockWeights weights, TensorType stored, Arena arena) {
        return new DensePacker(weights.rows(), weights.columns(), stored, DenseSource.of(weights, stored), arena);
    }

    private static Packer integer(
            BlockWeights weights, CodePlane plane, ScaleCodec codec, int blockInputs, BlockReader reader, Arena arena) {
        IntegerShape shape = new IntegerShape(weights.rows(), weights.columns(), blockInputs, codec, plane);
        return new IntegerPacker(shape, null, () -> new BlockSource(weights, reader), arena);
    }

    private static GroupScales common(TensorType type, int zero) {
        return new GroupScales(type, Offset.COMMON_ZERO, zero);
    }

    private static GroupScales minimums() {
        return new GroupScales(TensorType.F16, Offset.MINIMUM, 0);
    }
}
