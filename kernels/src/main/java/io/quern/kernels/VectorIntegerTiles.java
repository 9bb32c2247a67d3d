package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.SHORTS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Products of one tile of rows, four vectors, with two tokens on 16-bit lanes, of which a vector has twice as many as
 * of floats: {@code sums[t][r] += rowScales[b * TILE_ROWS + r] * tokenScales[b][t] * s} over all blocks b of 16 or 32
 * inputs, with s the integer sum of the block's products.
 *
 * <p>An int lane holds two neighbouring inputs of one row; a broadcast int holds the same two inputs of a token. In a
 * block each 16-bit lane sums the products of every other input; then the two of a row are added, which still fits
 * ({@link BlockQuantizer}), and the scales applied in f32.
 *
 * <p>For 32 registers; {@link VectorRowPairTiles} is for 16. The sums in f32 stay in memory: C2 spills others for them.
 * Two steps at once, each weight used where it is loaded, is the order in which it spills nothing. Slices of
 * constant length and masked offsets leave no bounds to check, which would cost as much as the products.
 *
 * <p>{@code codes} are as of {@link IntegerTiles#unpackCodes}, {@code pairs} {@code [k / 2][TOKENS]} from their offset,
 * {@code tokenScales} {@code [b][TOKENS]} from theirs, {@code sums} {@code [TOKENS][TILE_ROWS]} from their offset in
 * bytes.
 */
final class VectorIntegerTiles {
    /** Tokens of one product: their sums of a block fit 16 registers. */
    static final int TOKENS = 2;

    private static final int CHUNK_PAIRS = CpuConstants.CHUNK_COLUMNS / 2;

    private VectorIntegerTiles() {}

    static void multiply(MemorySegment codes, int[] pairs, int pairsOffset, float[] rowScales, float[] tokenScales,
            int scalesOffset, int blocks, int blockInputs, MemorySegment sums, long sumsOffset) {
        MemorySegment chunk = codes.asSlice(0, CHUNK_PAIRS * TILE_WORD_BYTES);
        MemorySegment both = sums.asSlice(sumsOffset, TOKENS * TILE_WORD_BYTES);
        ShortVector a00 = ShortVector.zero(SHORTS);
        ShortVector a01 = ShortVector.zero(SHORTS);
        ShortVector a02 = ShortVector.zero(SHORTS);
        ShortVector a03 = ShortVector.zero(SHORTS);
        ShortVector a10 = ShortVector.zero(SHORTS);
        ShortVector a11 = ShortVector.zero(SHORTS);
        ShortVector a12 = ShortVector.zero(SHORTS);
        ShortVector a13 = ShortVector.zero(SHORTS);
        int row = 0;
        int scaleAt = scalesOffset;
        int last = blockInputs / 2 - 2;
        int limit = blocks * blockInputs / 2;
        for (int k = 0; k < limit; k += 2) {
            int w = (k & CHUNK_PAIRS - 2) * TILE_WORD_BYTES;
            int at = pairsOffset + k * TOKENS;
            ShortVector x0 = IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts();
            ShortVector x1 = IntVector.broadcast(INTS, pairs[at + 1]).reinterpretAsShorts();
            ShortVector c = ShortVector.fromMemorySegment(SHORTS, chunk, w, ORDER);
            a00 = a00.add(c.mul(x0));
            a10 = a10.add(c.mul(x1));
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + VECTOR_BYTES, ORDER);
            a01 = a01.add(c.mul(x0));
            a11 = a11.add(c.mul(x1));
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 2 * VECTOR_BYTES, ORDER);
            a02 = a02.add(c.mul(x0));
            a12 = a12.add(c.mul(x1));
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 3 * VECTOR_BYTES, ORDER);
            a03 = a03.add(c.mul(x0));
            a13 = a13.add(c.mul(x1));
            x0 = IntVector.broadcast(INTS, pairs[at + 2]).reinterpretAsShorts();
            x1 = IntVector.broadcast(INTS, pairs[at + 3]).reinterpretAsShorts();
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 4 * VECTOR_BYTES, ORDER);
            a00 = a00.add(c.mul(x0));
            a10 = a10.add(c.mul(x1));
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 5 * VECTOR_BYTES, ORDER);
            a01 = a01.add(c.mul(x0));
            a11 = a11.add(c.mul(x1));
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 6 * VECTOR_BYTES, ORDER);
            a02 = a02.add(c.mul(x0));
            a12 = a12.add(c.mul(x1));
            c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 7 * VECTOR_BYTES, ORDER);
            a03 = a03.add(c.mul(x0));
            a13 = a13.add(c.mul(x1));
            if ((k & last) != last) {
                continue;
            }
            FloatVector scale0 = FloatVector.broadcast(FLOATS, tokenScales[scaleAt]);
            FloatVector scale1 = FloatVector.broadcast(FLOATS, tokenScales[scaleAt + 1]);
            FloatVector r = FloatVector.fromArray(FLOATS, rowScales, row);
            IntVector n = a00.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            FloatVector sum = FloatVector.fromMemorySegment(FLOATS, both, 0, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale0), sum).intoMemorySegment(both, 0, ORDER);
            n = a10.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, 4 * VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale1), sum).intoMemorySegment(both, 4 * VECTOR_BYTES,
                    ORDER);
            r = FloatVector.fromArray(FLOATS, rowScales, row + FLOAT_LANES);
            n = a01.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale0), sum).intoMemorySegment(both, VECTOR_BYTES,
                    ORDER);
            n = a11.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, 5 * VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale1), sum).intoMemorySegment(both, 5 * VECTOR_BYTES,
                    ORDER);
            r = FloatVector.fromArray(FLOATS, rowScales, row + 2 * FLOAT_LANES);
            n = a02.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, 2 * VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale0), sum).intoMemorySegment(both, 2 * VECTOR_BYTES,
                    ORDER);
            n = a12.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, 6 * VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale1), sum).intoMemorySegment(both, 6 * VECTOR_BYTES,
                    ORDER);
            r = FloatVector.fromArray(FLOATS, rowScales, row + 3 * FLOAT_LANES);
            n = a03.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, 3 * VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale0), sum).intoMemorySegment(both, 3 * VECTOR_BYTES,
                    ORDER);
            n = a13.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            sum = FloatVector.fromMemorySegment(FLOATS, both, 7 * VECTOR_BYTES, ORDER);
            n.convert(I2F, 0).reinterpretAsFloats().fma(r.mul(scale1), sum).intoMemorySegment(both, 7 * VECTOR_BYTES,
                    ORDER);
            a00 = ShortVector.zero(SHORTS);
            a01 = ShortVector.zero(SHORTS);
            a02 = ShortVector.zero(SHORTS);
            a03 = ShortVector.zero(SHORTS);
            a10 = ShortVector.zero(SHORTS);
            a11 = ShortVector.zero(SHORTS);
            a12 = ShortVector.zero(SHORTS);
            a13 = ShortVector.zero(SHORTS);
            row += TILE_ROWS;
            scaleAt += TOKENS;
        }
    }
}
