package io.quern.kernels;

import static io.quern.kernels.CpuConstants.ORDER;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one tile of rows, four vectors, with two tokens on 16-bit lanes, of which a vector has twice as many as
 * of floats: {@code sums[sumsOffset + t * TILE_ROWS + r] += rowScales[b * TILE_ROWS + r] * tokenScales[b][t] * s} over
 * all blocks b of 16 or 32 inputs, with s the integer sum of the block's products.
 *
 * <p>An int lane holds two neighbouring inputs of one row; a broadcast int holds the same two inputs of a token. In a
 * block each 16-bit lane sums the products of every other input; then the two of a row are added, which still fits
 * ({@link BlockQuantizer}), and the scales applied in f32.
 *
 * <p>{@code codes} are as of {@link IntegerTiles#unpackCodes}, {@code pairs} {@code [k / 2][TOKENS]} from their offset,
 * {@code tokenScales} {@code [b][TOKENS]} from theirs.
 */
final class VectorIntegerTiles {
    /** Tokens of one product: their sums, and those of the block, fit 32 registers, and nearly 16. */
    static final int TOKENS = 2;

    private static final VectorSpecies<Short> SHORTS = CpuConstants.SHORTS;
    private static final VectorSpecies<Integer> INTS = CpuConstants.INTS;
    private static final VectorSpecies<Float> FLOATS = CpuConstants.FLOATS;
    private static final int LANES = CpuConstants.FLOAT_LANES;
    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;

    private VectorIntegerTiles() {}

    static void multiply(MemorySegment codes, int[] pairs, int pairsOffset, float[] rowScales, float[] tokenScales,
            int scalesOffset, int blocks, int blockInputs, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(FLOATS, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(FLOATS, sums, sumsOffset + LANES);
        FloatVector s02 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s12 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + 3 * LANES);
        ShortVector a00 = ShortVector.zero(SHORTS);
        ShortVector a01 = a00;
        ShortVector a02 = a00;
        ShortVector a03 = a00;
        ShortVector a10 = a00;
        ShortVector a11 = a00;
        ShortVector a12 = a00;
        ShortVector a13 = a00;
        int row = 0;
        int scaleAt = scalesOffset;
        int last = blockInputs / 2 - 1;
        int limit = blocks * blockInputs / 2;
        for (int k = 0; k < limit; k++) {
            long w = (long) k * (4 * TILE_ROWS);
            int at = pairsOffset + k * TOKENS;
            ShortVector w0 = ShortVector.fromMemorySegment(SHORTS, codes, w, ORDER);
            ShortVector w1 = ShortVector.fromMemorySegment(SHORTS, codes, w + 4 * LANES, ORDER);
            ShortVector w2 = ShortVector.fromMemorySegment(SHORTS, codes, w + 8 * LANES, ORDER);
            ShortVector w3 = ShortVector.fromMemorySegment(SHORTS, codes, w + 12 * LANES, ORDER);
            ShortVector x = IntVector.broadcast(INTS, pairs[at]).reinterpretAsShorts();
            a00 = a00.add(w0.mul(x));
            a01 = a01.add(w1.mul(x));
            a02 = a02.add(w2.mul(x));
            a03 = a03.add(w3.mul(x));
            x = IntVector.broadcast(INTS, pairs[at + 1]).reinterpretAsShorts();
            a10 = a10.add(w0.mul(x));
            a11 = a11.add(w1.mul(x));
            a12 = a12.add(w2.mul(x));
            a13 = a13.add(w3.mul(x));
            if ((k & last) != last) {
                continue;
            }
            FloatVector r0 = FloatVector.fromArray(FLOATS, rowScales, row);
            FloatVector r1 = FloatVector.fromArray(FLOATS, rowScales, row + LANES);
            FloatVector r2 = FloatVector.fromArray(FLOATS, rowScales, row + 2 * LANES);
            FloatVector r3 = FloatVector.fromArray(FLOATS, rowScales, row + 3 * LANES);
            FloatVector scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt]);
            IntVector n = a00.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s00 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s00);
            n = a01.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s01 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s01);
            n = a02.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s02 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s02);
            n = a03.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s03 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s03);
            scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt + 1]);
            n = a10.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s10 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s10);
            n = a11.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s11 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s11);
            n = a12.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s12 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s12);
            n = a13.reinterpretAsInts();
            n = n.add(n.lanewise(LSHL, 16)).lanewise(ASHR, 16);
            s13 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s13);
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
        s00.intoArray(sums, sumsOffset);
        s01.intoArray(sums, sumsOffset + LANES);
        s02.intoArray(sums, sumsOffset + 2 * LANES);
        s03.intoArray(sums, sumsOffset + 3 * LANES);
        s10.intoArray(sums, sumsOffset + TILE_ROWS);
        s11.intoArray(sums, sumsOffset + TILE_ROWS + LANES);
        s12.intoArray(sums, sumsOffset + TILE_ROWS + 2 * LANES);
        s13.intoArray(sums, sumsOffset + TILE_ROWS + 3 * LANES);
    }
}
