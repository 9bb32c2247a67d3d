package io.quern.kernels;

import io.quern.kernels.GroupScales.Offset;
import java.lang.foreign.Arena;

/** Chooses the layout of a linear layer's weights. */
final class Layouts {
    /** What makes the values of the code books positive. */
    private static final int IQ4_BIAS = 127;

    private static final int FP4_BIAS = 12;

    private Layouts() {}

    static Packer packer(LinearWeights weights, Arena arena) {
        if (weights.rows() < 1 || weights.columns() < 1) {
            throw new IllegalArgumentException(
                    "a matrix of " + weights.rows() + " x " + weights.columns() + " is empty");
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
            case Q4_0 -> integer(weights, CodePlane.of(4), common(TensorType.F16, 8), 32, new Q40Reader(), arena);
            case Q4_1 -> integer(weights, CodePlane.of(4), minimums(), 32, new Q41Reader(), arena);
            case Q5_0 -> integer(weights, CodePlane.of(5), common(TensorType.F16, 16), 32, new Q50Reader(false), arena);
            case Q5_1 -> integer(weights, CodePlane.of(5), minimums(), 32, new Q50Reader(true), arena);
            case Q2_0 -> integer(weights, CodePlane.of(2), common(TensorType.F16, 1), 64, new Q20Reader(), arena);
            case TQ2_0 -> integer(weights, CodePlane.of(2), common(TensorType.F16, 1), 256, new TQ20Reader(), arena);
            case Q2_K -> integer(weights, CodePlane.of(2), new SuperblockScales(true), 16, new Q2KReader(), arena);
            case Q3_K -> integer(weights, CodePlane.of(3), new SignedScales(4), 16, new Q3KReader(), arena);
            case Q4_K ->
                integer(weights, CodePlane.of(4), new SuperblockScales(false), 32, new Q4KReader(false), arena);
            case Q5_K -> integer(weights, CodePlane.of(5), new SuperblockScales(false), 32, new Q4KReader(true), arena);
            case Q6_K -> integer(weights, CodePlane.of(6), new SignedScales(32), 16, new Q6KReader(), arena);
            case IQ4_NL -> integer(weights, iq4(), common(TensorType.F16, IQ4_BIAS), 32, new Q40Reader(), arena);
            case IQ4_XS -> integer(weights, iq4(), new SignedScales(IQ4_BIAS), 32, new IQ4XSReader(), arena);
            case MXFP4 ->
                integer(weights, fp4("mxfp4"), new ByteFloatScales(true, FP4_BIAS), 32, new MXFP4Reader(), arena);
            case NVFP4 ->
                integer(weights, fp4("nvfp4"), new ByteFloatScales(false, FP4_BIAS), 16, new NVFP4Reader(), arena);
            case Q8_0 -> integer(weights, CodePlane.of(8), common(TensorType.F16, 128), 32, new Q80Reader(), arena);
            case Q8_K -> integer(weights, CodePlane.of(8), common(TensorType.F32, 128), 256, new Q8KReader(), arena);
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

    private static CodePlane iq4() {
        return new TableCodes4("iq4", CodeBooks::iq4, IQ4_BIAS);
    }

    private static CodePlane fp4(String name) {
        return new TableCodes4(name, CodeBooks::doubledFp4, FP4_BIAS);
    }

    private static GroupScales common(TensorType type, int zero) {
        return new GroupScales(type, Offset.COMMON_ZERO, zero);
    }

    private static GroupScales minimums() {
        return new GroupScales(TensorType.F16, Offset.MINIMUM, 0);
    }
}
