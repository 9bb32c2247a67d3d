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
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q2_K, Q4_K, Q5_K: two f16 for the superblock (d in the low half of the first word, dmin in the high half) times an
 * integer scale and minimum for each block. Four scales share a word and four minimums another, or (of 4 bits each,
 * Q2_K) a scale and its minimum share a byte. Products are exact in f32.
 */
final class SuperblockScales extends ScaleCodec {
    private static final int PLACE = 0x8FFFE000;
    private static final int EXPONENT = 0x0F800000;

    private final boolean nibbles;

    /** Set while packing, before the matrix is published. */
    private boolean infinite;

    SuperblockScales(boolean nibbles) {
        this.nibbles = nibbles;
    }

    @Override
    int commonZero() {
        return -1;
    }

    @Override
    boolean hasMinimums() {
        return true;
    }

    @Override
    int headerWords(int blockCount) {
        return 1 + blockCount / (nibbles ? 4 : 2);
    }

    @Override
    void inspect(int[] header, int blockCount) {
        if (GroupScales.hasInfinite(header, TILE_ROWS)) {
            infinite = true;
        }
    }

    @Override
    String description() {
        return nibbles ? "f16 x int4 scale + minimum" : "f16 x int6 scale + minimum";
    }

    @Override
    void decode(MemorySegment data, long header, int chunkBlocks, int fromBlock, int blockCount, float[] scales,
            int scaleOffset, float[] offsets, int offsetOffset, int stride) {
        int mask = nibbles ? 15 : 255;
        int minimumShift = nibbles ? 4 : 0;
        long minimumWords = nibbles ? 0 : (long) chunkBlocks / 4 * TILE_WORD_BYTES;
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            long column = header + (long) v * Float.BYTES;
            IntVector both = IntVector.fromMemorySegment(INTS, data, column, ORDER);
            IntVector low = both.lanewise(LSHL, 16).lanewise(ASHR, 3).and(PLACE);
            IntVector high = both.lanewise(ASHR, 3).and(PLACE);
            FloatVector d = low.reinterpretAsFloats()
                    .mul(0x1p112f)
                    .blend(
                            low.or(0x7F800000).reinterpretAsFloats(),
                            low.and(EXPONENT).compare(VectorOperators.EQ, EXPONENT).cast(FLOATS));
            FloatVector minus = high.reinterpretAsFloats()
                    .mul(0x1p112f)
                    .blend(
                            high.or(0x7F800000).reinterpretAsFloats(),
                            high.and(EXPONENT).compare(VectorOperators.EQ, EXPONENT).cast(FLOATS))
                    .neg();
            for (int word = fromBlock / 4; 4 * word < fromBlock + blockCount; word++) {
                long at = column + (long) (1 + word) * TILE_WORD_BYTES;
                IntVector scaleBytes = IntVector.fromMemorySegment(INTS, data, at, ORDER);
                IntVector minimumBytes = IntVector.fromMemorySegment(INTS, data, at + minimumWords, ORDER)
                        .lanewise(LSHR, minimumShift);
                for (int place = 0; place < 4; place++) {
                    int i = 4 * word + place - fromBlock;
                    if (i < 0 || i >= blockCount) {
                        continue;
                    }
                    scaleBytes.lanewise(LSHR, 8 * place)
                            .and(mask)
                            .convert(I2F, 0)
                            .reinterpretAsFloats()
                            .mul(d)
                            .intoArray(scales, scaleOffset + i * stride + v);
                    minimumBytes.lanewise(LSHR, 8 * place)
                            .and(mask)
                            .convert(I2F, 0)
                            .reinterpretAsFloats()
                            .mul(minus)
                            .intoArray(offsets, offsetOffset + i * stride + v);
                }
            }
        }
    }

    /** Without minimums in memory between; words are read in their order, which memory is fastest at. */
    @Override
    void begin(MemorySegment data, long header, int blocks, float[] inputSums, int block, VectorScratch task) {
        if (infinite) {
            super.begin(data, header, blocks, inputSums, block, task);
            return;
        }
        int mask = nibbles ? 15 : 255;
        int minimumShift = nibbles ? 4 : 0;
        long minimumWords = nibbles ? 0 : (long) blocks / 4 * TILE_WORD_BYTES;
        float[] scales = task.scales;
        float[] factors = task.offsets;
        for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
            IntVector both = IntVector.fromMemorySegment(INTS, data, header + (long) v * Float.BYTES, ORDER);
            both.lanewise(LSHL, 16).lanewise(ASHR, 3).and(PLACE).reinterpretAsFloats().mul(0x1p112f)
                    .intoArray(factors, v);
            both.lanewise(ASHR, 3).and(PLACE).reinterpretAsFloats().mul(-0x1p112f)
                    .intoArray(factors, TILE_ROWS + v);
        }
        long at = header + TILE_WORD_BYTES;
        for (int i = 0; i < blocks; i += 4, at += TILE_WORD_BYTES) {
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                int to = i * TILE_ROWS + v;
                FloatVector d = FloatVector.fromArray(FLOATS, factors, v);
                IntVector s = IntVector.fromMemorySegment(INTS, data, at + (long) v * Float.BYTES, ORDER);
                s.and(mask).convert(I2F, 0).reinterpretAsFloats().mul(d).intoArray(scales, to);
                s.lanewise(LSHR, 8).and(mask).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to + TILE_ROWS);
                s.lanewise(LSHR, 16).and(mask).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to + 2 * TILE_ROWS);
                s.lanewise(LSHR, 24).and(mask).convert(I2F, 0).reinterpretAsFloats().mul(d)
                        .intoArray(scales, to + 3 * TILE_ROWS);
            }
        }
        at = header + TILE_WORD_BYTES + minimumWords;
        for (int i = block; i < block + blocks; i += 4, at += TILE_WORD_BYTES) {
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                IntVector m = IntVector.fromMemorySegment(INTS, data, at + (long) v * Float.BYTES, ORDER)
                        .lanewise(LSHR, minimumShift);
                FloatVector minimums = m.and(mask).convert(I2F, 0).reinterpretAsFloats()
                        .mul(FloatVector.broadcast(FLOATS, inputSums[i]));
                minimums = m.lanewise(LSHR, 8).and(mask).convert(I2F, 0).reinterpretAsFloats()
                        .fma(FloatVector.broadcast(FLOATS, inputSums[i + 1]), minimums);
                minimums = m.lanewise(LSHR, 16).and(mask).convert(I2F, 0).reinterpretAsFloats()
                        .fma(FloatVector.broadcast(FLOATS, inputSums[i + 2]), minimums);
                minimums = m.lanewise(LSHR, 24).and(mask).convert(I2F, 0).reinterpretAsFloats()
                        .fma(FloatVector.broadcast(FLOATS, inputSums[i + 3]), minimums);
                FloatVector.fromArray(FLOATS, factors, TILE_ROWS + v)
                        .fma(minimums, FloatVector.fromArray(FLOATS, task.sums, v)).intoArray(task.sums, v);
            }
        }
    }
}
