package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Floats of eight bits, four in a word: E8M0 (MXFP4) or UE4M3 (NVFP4). Half of their value is the scale, since the code
 * book is doubled.
 */
final class ByteFloatScales extends ScaleCodec {
    private final boolean exponents;
    private final int commonZero;

    /** @param exponents E8M0, else UE4M3 */
    ByteFloatScales(boolean exponents, int commonZero) {
        this.exponents = exponents;
        this.commonZero = commonZero;
    }

    @Override
    int commonZero() {
        return commonZero;
    }

    @Override
    boolean hasMinimums() {
        return false;
    }

    @Override
    int headerWords(int blockCount) {
        return (blockCount + 3) / 4;
    }

    @Override
    String description() {
        return exponents ? "e8m0 scale" : "ue4m3 scale";
    }

    @Override
    void decode(MemorySegment data, long header, int chunkBlocks, int fromBlock, int blockCount, float[] scales,
            int scaleOffset, float[] offsets, int offsetOffset, int stride) {
        for (int i = 0; i < blockCount; i++) {
            int block = fromBlock + i;
            long word = header + (long) (block / 4) * TILE_WORD_BYTES;
            int at = scaleOffset + i * stride;
            if (exponents) {
                decodeExponents(data, word, 8 * (block & 3), scales, at);
            } else {
                decodeSmallFloats(data, word, 8 * (block & 3), scales, at);
            }
        }
    }

    /** {@code 2^(e - 128)}: an exponent of e - 1, but for 0 and 1, which give the subnormal (e + 1) * 2^-128. */
    private static void decodeExponents(MemorySegment data, long word, int shift, float[] scales, int at) {
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            IntVector e = IntVector.fromMemorySegment(INTS, data, word + (long) v * Float.BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(0xFF);
            e.sub(1)
                    .lanewise(VectorOperators.LSHL, 23)
                    .blend(e.add(1).lanewise(VectorOperators.LSHL, 21), e.compare(VectorOperators.LT, 2))
                    .reinterpretAsFloats()
                    .intoArray(scales, at + v);
        }
    }

    /**
     * Exponent and mantissa moved to their place in a float are too small by 2^120; 0x7F, which would be NaN, is zero.
     */
    private static void decodeSmallFloats(MemorySegment data, long word, int shift, float[] scales, int at) {
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            IntVector u = IntVector.fromMemorySegment(INTS, data, word + (long) v * Float.BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(0xFF);
            u.and(0x7F)
                    .lanewise(VectorOperators.LSHL, 20)
                    .reinterpretAsFloats()
                    .mul(0x1p119f)
                    .blend(FloatVector.zero(FLOATS), u.compare(VectorOperators.EQ, 0x7F).cast(FLOATS))
                    .intoArray(scales, at + v);
        }
    }
}
