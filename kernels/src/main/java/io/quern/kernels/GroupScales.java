package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A float scale for each block, and for each block a zero point in a byte, a minimum as a float, or nothing. Two 16-bit
 * floats share a word (the even block in the low half), four zero points share one.
 */
final class GroupScales extends ScaleCodec {
    /** What stands beside a scale. */
    enum Offset {
        COMMON_ZERO,
        ZERO,
        MINIMUM
    }

    private final TensorType type;
    private final Offset offset;
    private final int commonZero;

    /** Set while packing, before the matrix is published. */
    private boolean infinite;

    /** @param type F16, BF16 or F32 */
    GroupScales(TensorType type, Offset offset, int commonZero) {
        this.type = type;
        this.offset = offset;
        this.commonZero = commonZero;
    }

    TensorType type() {
        return type;
    }

    Offset offset() {
        return offset;
    }

    @Override
    int commonZero() {
        return offset == Offset.COMMON_ZERO ? commonZero : -1;
    }

    @Override
    boolean hasMinimums() {
        return offset == Offset.MINIMUM;
    }

    /** Words of the scales alone. */
    int scaleWords(int blockCount) {
        return type == TensorType.F32 ? blockCount : (blockCount + 1) / 2;
    }

    @Override
    int headerWords(int blockCount) {
        int scales = scaleWords(blockCount);
        return switch (offset) {
            case COMMON_ZERO -> scales;
            case ZERO -> scales + (blockCount + 3) / 4;
            case MINIMUM -> 2 * scales;
        };
    }

    @Override
    void inspect(int[] header, int blockCount) {
        int words = offset == Offset.MINIMUM ? 2 * scaleWords(blockCount) : scaleWords(blockCount);
        if (type == TensorType.F16 && hasInfinite(header, words * TILE_ROWS)) {
            infinite = true;
        }
    }

    /** Whether either half of any word is an infinite f16 or NaN. */
    static boolean hasInfinite(int[] words, int count) {
        boolean found = false;
        for (int i = 0; i < count; i++) {
            found |= (words[i] & 0x7C00) == 0x7C00 | (words[i] & 0x7C000000) == 0x7C000000;
        }
        return found;
    }

    @Override
    String description() {
        return type.toString().toLowerCase(java.util.Locale.ROOT) + switch (offset) {
            case COMMON_ZERO -> " scale";
            case ZERO -> " scale + zero";
            case MINIMUM -> " scale + minimum";
        };
    }

    @Override
    void decode(MemorySegment data, long header, int chunkBlocks, int fromBlock, int blockCount, float[] scales,
            int scaleOffset, float[] offsets, int offsetOffset, int stride) {
        decodeFloats(data, header, fromBlock, blockCount, scales, scaleOffset, stride);
        long second = header + (long) scaleWords(chunkBlocks) * TILE_WORD_BYTES;
        switch (offset) {
            case MINIMUM -> decodeFloats(data, second, fromBlock, blockCount, offsets, offsetOffset, stride);
            case ZERO -> decodeZeros(data, second, fromBlock, blockCount, offsets, offsetOffset, stride);
            default -> {}
        }
    }

    private void decodeFloats(
            MemorySegment data, long at, int fromBlock, int blockCount, float[] target, int targetOffset, int stride) {
        switch (type) {
            case F16 -> {
                if (infinite) {
                    decodeAnyF16(data, at, fromBlock, blockCount, target, targetOffset, stride);
                } else {
                    decodeF16(data, at, fromBlock, blockCount, target, targetOffset, stride);
                }
            }
            case BF16 -> decodeBf16(data, at, fromBlock, blockCount, target, targetOffset, stride);
            default -> decodeF32(data, at, fromBlock, blockCount, target, targetOffset, stride);
        }
    }

    /**
     * A half moved to the place of a float's exponent and mantissa is too small by 2^112; multiplying makes subnormal
     * halves right too. Words are read in their order, which memory is fastest at.
     */
    private static void decodeF16(
            MemorySegment data, long at, int fromBlock, int blockCount, float[] target, int targetOffset, int stride) {
        int limit = fromBlock + blockCount;
        for (int word = fromBlock >> 1; 2 * word < limit; word++) {
            int index = targetOffset + (2 * word - fromBlock) * stride;
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                IntVector both = IntVector.fromMemorySegment(
                        INTS, data, at + (long) word * TILE_WORD_BYTES + (long) v * Float.BYTES, ORDER);
                if (2 * word >= fromBlock) {
                    both.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.ASHR, 3)
                            .and(0x8FFFE000)
                            .reinterpretAsFloats()
                            .mul(0x1p112f)
                            .intoArray(target, index + v);
                }
                if (2 * word + 1 < limit) {
                    both.lanewise(VectorOperators.ASHR, 3)
                            .and(0x8FFFE000)
                            .reinterpretAsFloats()
                            .mul(0x1p112f)
                            .intoArray(target, index + stride + v);
                }
            }
        }
    }

    /** The same where infinity or NaN occur, which need their exponent set. */
    private static void decodeAnyF16(
            MemorySegment data, long at, int fromBlock, int blockCount, float[] target, int targetOffset, int stride) {
        for (int i = 0; i < blockCount; i++) {
            int block = fromBlock + i;
            int toTop = 16 * (1 - (block & 1));
            long word = at + (long) (block >> 1) * TILE_WORD_BYTES;
            for (int v = 0; v < 4; v++) {
                IntVector half = IntVector.fromMemorySegment(INTS, data, word + (long) v * VECTOR_BYTES, ORDER)
                        .lanewise(VectorOperators.LSHL, toTop)
                        .lanewise(VectorOperators.ASHR, 3)
                        .and(0x8FFFE000);
                FloatVector value = half.reinterpretAsFloats().mul(0x1p112f);
                value.blend(
                        half.or(0x7F800000).reinterpretAsFloats(),
                        half.and(0x0F800000).compare(VectorOperators.EQ, 0x0F800000).cast(FLOATS))
                        .intoArray(target, targetOffset + i * stride + v * FLOAT_LANES);
            }
        }
    }

    private static void decodeBf16(
            MemorySegment data, long at, int fromBlock, int blockCount, float[] target, int targetOffset, int stride) {
        for (int i = 0; i < blockCount; i++) {
            int block = fromBlock + i;
            int toTop = 16 * (1 - (block & 1));
            long word = at + (long) (block >> 1) * TILE_WORD_BYTES;
            for (int v = 0; v < 4; v++) {
                IntVector.fromMemorySegment(INTS, data, word + (long) v * VECTOR_BYTES, ORDER)
                        .lanewise(VectorOperators.LSHL, toTop)
                        .and(0xFFFF0000)
                        .reinterpretAsFloats()
                        .intoArray(target, targetOffset + i * stride + v * FLOAT_LANES);
            }
        }
    }

    private static void decodeF32(
            MemorySegment data, long at, int fromBlock, int blockCount, float[] target, int targetOffset, int stride) {
        for (int i = 0; i < blockCount; i++) {
            long word = at + (long) (fromBlock + i) * TILE_WORD_BYTES;
            for (int v = 0; v < 4; v++) {
                FloatVector.fromMemorySegment(FLOATS, data, word + (long) v * VECTOR_BYTES, ORDER)
                        .intoArray(target, targetOffset + i * stride + v * FLOAT_LANES);
            }
        }
    }

    private static void decodeZeros(
            MemorySegment data, long at, int fromBlock, int blockCount, float[] target, int targetOffset, int stride) {
        for (int i = 0; i < blockCount; i++) {
            int block = fromBlock + i;
            long word = at + (long) (block >> 2) * TILE_WORD_BYTES;
            for (int v = 0; v < 4; v++) {
                ((FloatVector) IntVector.fromMemorySegment(INTS, data, word + (long) v * VECTOR_BYTES, ORDER)
                        .lanewise(VectorOperators.LSHR, 8 * (block & 3))
                        .and(0xFF)
                        .convert(VectorOperators.I2F, 0))
                        .intoArray(target, targetOffset + i * stride + v * FLOAT_LANES);
            }
        }
    }
}
