package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.SHORTS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Products of one tile of rows with four tokens on 16-bit lanes, of which a vector has twice as many as of floats:
 * {@code sums[t][r] += rowScales[b][r] * tokenScales[b][t] * s} over all blocks b of 16 or 32 inputs, with s the
 * integer sum of the block's products, which fits 16 bits ({@link BlockQuantizer}). An int lane holds two rows, so that
 * a tile is two vectors.
 *
 * <p>The sums of a chunk's blocks go to memory as they are, by {@link VectorPairedProduct} or {@link
 * VectorPlainProduct}, and the scales are applied when all are complete: each of the two loops fits the registers
 * alone. Slices of constant length, offsets in proven ranges and {@link #SLACK}, by which the ranges overshoot, leave
 * no bounds to check; as nothing in the loops of products writes, C2 moves the checks that slices are alive out of
 * them.
 */
final class VectorIntegerTiles {
    /** Tokens of one product. */
    static final int TOKENS = 4;

    /** Bytes of one input of the tokens of one product. */
    static final int INPUT_BYTES = TOKENS * Short.BYTES;

    /** Inputs behind a chunk's codes and integers that must be there, though nothing reads them. */
    static final int SLACK = 2 * HALF;

    /** Blocks of a chunk, at most. */
    static final int MOST_BLOCKS = CpuConstants.CHUNK_COLUMNS / HALF;

    /** Sums of one block: ints of two rows each. */
    static final int BLOCK_BYTES = TOKENS * TILE_WORD_BYTES / 2;

    /** Codes of one input. */
    static final int CODE_BYTES = TILE_WORD_BYTES / 2;

    private static final int CHUNK_INPUTS = CpuConstants.CHUNK_COLUMNS;
    private static final int HIGH = 0xFFFF0000;

    private VectorIntegerTiles() {}

    /** From codes as of {@link IntegerTiles#unpackCodes} to those of {@link IntegerTiles#unpackRowPairs}. In place. */
    static void pairRows(MemorySegment codes, int inputs, MemorySegment starts) {
        MemorySegment chunk = codes.asSlice(0, CHUNK_INPUTS * CODE_BYTES);
        for (int from = 0; from < inputs; from += HALF) {
            ShortVector start0 = ShortVector.zero(SHORTS);
            ShortVector start1 = ShortVector.zero(SHORTS);
            for (int k = 0; k < HALF; k += 2) {
                int at = (from + k & CHUNK_INPUTS - 2) * CODE_BYTES;
                IntVector a = IntVector.fromMemorySegment(INTS, chunk, at, ORDER);
                IntVector b = IntVector.fromMemorySegment(INTS, chunk, at + VECTOR_BYTES, ORDER);
                IntVector c = IntVector.fromMemorySegment(INTS, chunk, at + 2 * VECTOR_BYTES, ORDER);
                IntVector d = IntVector.fromMemorySegment(INTS, chunk, at + 3 * VECTOR_BYTES, ORDER);
                IntVector even = a.and(~HIGH).or(b.lanewise(LSHL, 16));
                IntVector odd = a.lanewise(LSHR, 16).or(b.and(HIGH));
                even.intoMemorySegment(chunk, at, ORDER);
                odd.intoMemorySegment(chunk, at + 2 * VECTOR_BYTES, ORDER);
                start0 = start0.sub(even.reinterpretAsShorts().mul(odd.reinterpretAsShorts()));
                even = c.and(~HIGH).or(d.lanewise(LSHL, 16));
                odd = c.lanewise(LSHR, 16).or(d.and(HIGH));
                even.intoMemorySegment(chunk, at + VECTOR_BYTES, ORDER);
                odd.intoMemorySegment(chunk, at + 3 * VECTOR_BYTES, ORDER);
                start1 = start1.sub(even.reinterpretAsShorts().mul(odd.reinterpretAsShorts()));
            }
            long to = from / HALF * (long) CODE_BYTES;
            start0.intoMemorySegment(starts, to, ORDER);
            start1.intoMemorySegment(starts, to + VECTOR_BYTES, ORDER);
        }
    }

    /**
     * Scales for {@link #addScaled}, {@code [b][TILE_ROWS]}; those of missing blocks are zero. Sums will be taken with
     * 16 zero bits below them, for which the scales make up.
     */
    static void prepareScales(float[] scales, int offset, int blocks, MemorySegment target) {
        int limit = blocks * TILE_ROWS;
        for (int i = 0; i < MOST_BLOCKS * TILE_ROWS; i += FLOAT_LANES) {
            FloatVector scale = FloatVector.zero(FLOATS);
            if (i < limit) {
                scale = FloatVector.fromArray(FLOATS, scales, offset + i).mul(0x1p-16f);
            }
            scale.intoMemorySegment(target, (long) i * Float.BYTES, ORDER);
        }
    }

    /**
     * Adds the sums of all blocks, scaled, to the tokens' sums: two blocks at once, so that an odd last one has a
     * neighbour without a scale. Of the two sums in a lane neither needs more than one step to become a float.
     */
    static void addScaled(MemorySegment blockSums, MemorySegment rowScales, int blocks, float[] tokenScales,
            int scalesOffset, MemorySegment sums, long sumsOffset) {
        MemorySegment integers = blockSums.asSlice(0, MOST_BLOCKS * BLOCK_BYTES);
        MemorySegment scales = rowScales.asSlice(0, MOST_BLOCKS * TILE_WORD_BYTES);
        MemorySegment own = sums.asSlice(sumsOffset, TOKENS * TILE_WORD_BYTES);
        for (int token = 0; token < TOKENS; token++) {
            int to = token * TILE_WORD_BYTES;
            FloatVector s0 = FloatVector.fromMemorySegment(FLOATS, own, to, ORDER);
            FloatVector s1 = FloatVector.fromMemorySegment(FLOATS, own, to + VECTOR_BYTES, ORDER);
            FloatVector s2 = FloatVector.fromMemorySegment(FLOATS, own, to + 2 * VECTOR_BYTES, ORDER);
            FloatVector s3 = FloatVector.fromMemorySegment(FLOATS, own, to + 3 * VECTOR_BYTES, ORDER);
            for (int block = 0; block < blocks; block += 2) {
                int row = (block & MOST_BLOCKS - 2) * TILE_WORD_BYTES;
                int from = row * (BLOCK_BYTES / TILE_WORD_BYTES) + token * 2 * VECTOR_BYTES;
                int scaleAt = scalesOffset + token + block * TOKENS;
                FloatVector scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt]);
                IntVector n = IntVector.fromMemorySegment(INTS, integers, from, ORDER);
                FloatVector r = FloatVector.fromMemorySegment(FLOATS, scales, row, ORDER).mul(scale);
                s0 = n.lanewise(LSHL, 16).convert(I2F, 0).reinterpretAsFloats().fma(r, s0);
                r = FloatVector.fromMemorySegment(FLOATS, scales, row + VECTOR_BYTES, ORDER).mul(scale);
                s1 = n.and(HIGH).convert(I2F, 0).reinterpretAsFloats().fma(r, s1);
                n = IntVector.fromMemorySegment(INTS, integers, from + VECTOR_BYTES, ORDER);
                r = FloatVector.fromMemorySegment(FLOATS, scales, row + 2 * VECTOR_BYTES, ORDER).mul(scale);
                s2 = n.lanewise(LSHL, 16).convert(I2F, 0).reinterpretAsFloats().fma(r, s2);
                r = FloatVector.fromMemorySegment(FLOATS, scales, row + 3 * VECTOR_BYTES, ORDER).mul(scale);
                s3 = n.and(HIGH).convert(I2F, 0).reinterpretAsFloats().fma(r, s3);
                int next = row + TILE_WORD_BYTES;
                scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt + TOKENS]);
                n = IntVector.fromMemorySegment(INTS, integers, from + BLOCK_BYTES, ORDER);
                r = FloatVector.fromMemorySegment(FLOATS, scales, next, ORDER).mul(scale);
                s0 = n.lanewise(LSHL, 16).convert(I2F, 0).reinterpretAsFloats().fma(r, s0);
                r = FloatVector.fromMemorySegment(FLOATS, scales, next + VECTOR_BYTES, ORDER).mul(scale);
                s1 = n.and(HIGH).convert(I2F, 0).reinterpretAsFloats().fma(r, s1);
                n = IntVector.fromMemorySegment(INTS, integers, from + BLOCK_BYTES + VECTOR_BYTES, ORDER);
                r = FloatVector.fromMemorySegment(FLOATS, scales, next + 2 * VECTOR_BYTES, ORDER).mul(scale);
                s2 = n.lanewise(LSHL, 16).convert(I2F, 0).reinterpretAsFloats().fma(r, s2);
                r = FloatVector.fromMemorySegment(FLOATS, scales, next + 3 * VECTOR_BYTES, ORDER).mul(scale);
                s3 = n.and(HIGH).convert(I2F, 0).reinterpretAsFloats().fma(r, s3);
            }
            s0.intoMemorySegment(own, to, ORDER);
            s1.intoMemorySegment(own, to + VECTOR_BYTES, ORDER);
            s2.intoMemorySegment(own, to + 2 * VECTOR_BYTES, ORDER);
            s3.intoMemorySegment(own, to + 3 * VECTOR_BYTES, ORDER);
        }
    }
}
