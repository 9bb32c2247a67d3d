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
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * What {@link VectorIntegerTiles} computes, for 16 registers: four tokens at once, and two rows in an int lane instead
 * of two inputs. A tile is two vectors then, so that the eight sums of a block need no adding up of halves, and a
 * weight is used four times.
 *
 * <p>A block's sums go to memory as they are, and the scales are applied when those of a chunk are complete: each of
 * the two loops fits the registers alone. That of the products is bound by the number of its instructions, 51 for 32
 * multiplications and additions. Two inputs at once in this order is what C2 spills nothing for; the offset of the
 * codes follows from that of the inputs. Slices of constant length, offsets in proven ranges and {@link #SLACK}, by
 * which the ranges overshoot, leave no bounds to check. As nothing in the loop writes, C2 moves the checks that slices
 * are alive out of it.
 *
 * <p>{@code codes} are as of {@link #pairRows}, {@code inputs} shorts {@code [k][TOKENS]} from their offset in bytes,
 * {@code tokenScales} {@code [b][TOKENS]} from theirs, {@code sums} {@code [TOKENS][TILE_ROWS]} from their offset in
 * bytes.
 */
final class VectorRowPairTiles {
    /** Tokens of one product. */
    static final int TOKENS = 4;

    /** Bytes of one input of the tokens of one product. */
    static final int INPUT_BYTES = TOKENS * Short.BYTES;

    /** Inputs behind a chunk's codes and integers that must be there, though nothing reads them. */
    static final int SLACK = HALF;

    /** Aligned, but a layout that says so costs a check. */
    private static final ValueLayout.OfShort INPUT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private static final int MOST_BLOCKS = CpuConstants.CHUNK_COLUMNS / HALF;

    /** Sums of one block: ints of two rows each. */
    private static final int BLOCK_BYTES = TOKENS * TILE_WORD_BYTES / 2;

    private static final int CHUNK_INPUTS = CpuConstants.CHUNK_COLUMNS;
    private static final int CHUNK_BYTES = CHUNK_INPUTS * INPUT_BYTES;
    private static final int CODE_BYTES = TILE_WORD_BYTES / 2;
    private static final int HIGH = 0xFFFF0000;

    private VectorRowPairTiles() {}

    /**
     * From codes as of {@link IntegerTiles#unpackCodes}, two inputs of a row in an int lane, to one input of two rows:
     * those of one vector in the low halves, those of the next in the high halves. In place.
     */
    static void pairRows(MemorySegment codes, int inputs) {
        MemorySegment chunk = codes.asSlice(0, CHUNK_INPUTS * CODE_BYTES);
        for (int k = 0; k < inputs; k += 2) {
            int at = (k & CHUNK_INPUTS - 2) * CODE_BYTES;
            IntVector a = IntVector.fromMemorySegment(INTS, chunk, at, ORDER);
            IntVector b = IntVector.fromMemorySegment(INTS, chunk, at + VECTOR_BYTES, ORDER);
            IntVector c = IntVector.fromMemorySegment(INTS, chunk, at + 2 * VECTOR_BYTES, ORDER);
            IntVector d = IntVector.fromMemorySegment(INTS, chunk, at + 3 * VECTOR_BYTES, ORDER);
            a.and(~HIGH).or(b.lanewise(LSHL, 16)).intoMemorySegment(chunk, at, ORDER);
            c.and(~HIGH).or(d.lanewise(LSHL, 16)).intoMemorySegment(chunk, at + VECTOR_BYTES, ORDER);
            a.lanewise(LSHR, 16).or(b.and(HIGH)).intoMemorySegment(chunk, at + 2 * VECTOR_BYTES, ORDER);
            c.lanewise(LSHR, 16).or(d.and(HIGH)).intoMemorySegment(chunk, at + 3 * VECTOR_BYTES, ORDER);
        }
    }

    /** The integer sums of every block of 16 or 32 inputs: {@code blockSums[b][token][TILE_ROWS / 2]}. */
    static void multiply(MemorySegment codes, MemorySegment inputs, long inputsOffset, int blocks, int blockInputs,
            MemorySegment blockSums) {
        MemorySegment chunk = codes.asSlice(0, (CHUNK_INPUTS + SLACK) * CODE_BYTES);
        MemorySegment group = inputs.asSlice(inputsOffset, CHUNK_BYTES + SLACK * INPUT_BYTES);
        MemorySegment all = blockSums.asSlice(0, MOST_BLOCKS * BLOCK_BYTES);
        int blockBytes = (blockInputs == HALF ? HALF : BlockQuantizer.INPUTS) * INPUT_BYTES;
        for (int block = 0; block < blocks; block++) {
            ShortVector a00 = ShortVector.zero(SHORTS);
            ShortVector a01 = ShortVector.zero(SHORTS);
            ShortVector a10 = ShortVector.zero(SHORTS);
            ShortVector a11 = ShortVector.zero(SHORTS);
            ShortVector a20 = ShortVector.zero(SHORTS);
            ShortVector a21 = ShortVector.zero(SHORTS);
            ShortVector a30 = ShortVector.zero(SHORTS);
            ShortVector a31 = ShortVector.zero(SHORTS);
            int from = block * blockBytes & CHUNK_BYTES - HALF * INPUT_BYTES;
            for (int k = 0; k < blockBytes; k += 2 * INPUT_BYTES) {
                int at = from + k;
                long w = (long) at * (CODE_BYTES / INPUT_BYTES);
                ShortVector x0 = ShortVector.broadcast(SHORTS, group.get(INPUT, at));
                ShortVector x1 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 2));
                ShortVector x2 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 4));
                ShortVector x3 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 6));
                ShortVector c = ShortVector.fromMemorySegment(SHORTS, chunk, w, ORDER);
                a00 = a00.add(c.mul(x0));
                a10 = a10.add(c.mul(x1));
                a20 = a20.add(c.mul(x2));
                a30 = a30.add(c.mul(x3));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + VECTOR_BYTES, ORDER);
                a01 = a01.add(c.mul(x0));
                a11 = a11.add(c.mul(x1));
                a21 = a21.add(c.mul(x2));
                a31 = a31.add(c.mul(x3));
                x0 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 8));
                x1 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 10));
                x2 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 12));
                x3 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 14));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 2 * VECTOR_BYTES, ORDER);
                a00 = a00.add(c.mul(x0));
                a10 = a10.add(c.mul(x1));
                a20 = a20.add(c.mul(x2));
                a30 = a30.add(c.mul(x3));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 3 * VECTOR_BYTES, ORDER);
                a01 = a01.add(c.mul(x0));
                a11 = a11.add(c.mul(x1));
                a21 = a21.add(c.mul(x2));
                a31 = a31.add(c.mul(x3));
            }
            int to = (block & MOST_BLOCKS - 1) * BLOCK_BYTES;
            a00.intoMemorySegment(all, to, ORDER);
            a01.intoMemorySegment(all, to + VECTOR_BYTES, ORDER);
            a10.intoMemorySegment(all, to + 2 * VECTOR_BYTES, ORDER);
            a11.intoMemorySegment(all, to + 3 * VECTOR_BYTES, ORDER);
            a20.intoMemorySegment(all, to + 4 * VECTOR_BYTES, ORDER);
            a21.intoMemorySegment(all, to + 5 * VECTOR_BYTES, ORDER);
            a30.intoMemorySegment(all, to + 6 * VECTOR_BYTES, ORDER);
            a31.intoMemorySegment(all, to + 7 * VECTOR_BYTES, ORDER);
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
