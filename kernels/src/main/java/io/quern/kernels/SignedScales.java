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
 * Q3_K, Q6_K, IQ4_XS: an f16 for the superblock (low half of the first word) times a signed byte for each block (four
 * in a word). The product is exact in f32.
 */
final class SignedScales extends ScaleCodec {
    private final int commonZero;

    SignedScales(int commonZero) {
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
        return 1 + blockCount / 4;
    }

    @Override
    String description() {
        return "f16 x int8 scale";
    }

    @Override
    void decode(MemorySegment data, long header, int chunkBlocks, int fromBlock, int blockCount, float[] scales,
            int scaleOffset, float[] offsets, int offsetOffset, int stride) {
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            long column = header + (long) v * Float.BYTES;
            IntVector half = IntVector.fromMemorySegment(INTS, data, column, ORDER)
                    .lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(0x8FFFE000);
            FloatVector d = half.reinterpretAsFloats()
                    .mul(0x1p112f)
                    .blend(
                            half.or(0x7F800000).reinterpretAsFloats(),
                            half.and(0x0F800000).compare(VectorOperators.EQ, 0x0F800000).cast(FLOATS));
            for (int word = fromBlock / 4; 4 * word < fromBlock + blockCount; word++) {
                IntVector four = IntVector.fromMemorySegment(
                        INTS, data, column + (long) (1 + word) * TILE_WORD_BYTES, ORDER);
                for (int place = 0; place < 4; place++) {
                    int i = 4 * word + place - fromBlock;
                    if (i < 0 || i >= blockCount) {
                        continue;
                    }
                    four.lanewise(VectorOperators.LSHL, 24 - 8 * place)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats()
                            .mul(d)
                            .intoArray(scales, scaleOffset + i * stride + v);
                }
            }
        }
    }
}
