package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

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

    /** Set while packing, before the matrix is published. */
    private boolean infinite;

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
    void inspect(int[] header, int blockCount) {
        if (GroupScales.hasInfinite(header, TILE_ROWS)) {
            infinite = true;
        }
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
                    .lanewise(LSHL, 16)
                    .lanewise(ASHR, 3)
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
                    four.lanewise(LSHL, 24 - 8 * place)
                            .lanewise(ASHR, 24)
                            .convert(I2F, 0)
                            .reinterpretAsFloats()
                            .mul(d)
                            .intoArray(scales, scaleOffset + i * stride + v);
                }
            }
        }
    }

    /**
     * As {@link #decode} with its steps written out, and words read in their order, which memory is fastest at. There
     * are no minimums and no zero points of its own.
     */
    @Override
    void begin(MemorySegment data, long header, int blocks, float[] inputSums, int block, VectorScratch task) {
        if (infinite || commonZero < 0) {
            super.begin(data, header, blocks, inputSums, block, task);
            return;
        }
        float[] scales = task.scales;
        float[] factors = task.offsets;
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            IntVector.fromMemorySegment(INTS, data, header + (long) v * Float.BYTES, ORDER)
                    .lanewise(LSHL, 16).lanewise(ASHR, 3).and(0x8FFFE000).reinterpretAsFloats().mul(0x1p112f)
                    .intoArray(factors, v);
        }
        long at = header + TILE_WORD_BYTES;
        for (int i = 0; i < blocks; i += 4, at += TILE_WORD_BYTES) {
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                int to = i * TILE_ROWS + v;
                FloatVector d = FloatVector.fromArray(FLOATS, factors, v);
                IntVector four = IntVector.fromMemorySegment(INTS, data, at + (long) v * Float.BYTES, ORDER);
                four.lanewise(LSHL, 24).lanewise(ASHR, 24).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to);
                four.lanewise(LSHL, 16).lanewise(ASHR, 24).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to + TILE_ROWS);
                four.lanewise(LSHL, 8).lanewise(ASHR, 24).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to + 2 * TILE_ROWS);
                four.lanewise(ASHR, 24).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to + 3 * TILE_ROWS);
            }
        }
    }
}
