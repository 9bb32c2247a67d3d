package io.quern.kernels;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one tile of rows, four vectors, with a few tokens on 16-bit lanes, of which a vector has twice as many as
 * of floats: {@code sums[sumsOffset + t * TILE_ROWS + r] += rowScales[b * TILE_ROWS + r] * tokenScales[b][t] * s} over
 * all blocks b of 32 inputs, with s the integer sum of the block's products.
 *
 * <p>An int lane holds two neighbouring inputs of one row; a broadcast int holds the same two inputs of a token. In a
 * block each 16-bit lane sums 16 products, which fit ({@link BlockQuantizer}); then both halves are widened and added,
 * and the scales applied in f32.
 *
 * <p>{@code codes} are as of {@link IntegerTiles#unpackCodes}, {@code pairs} {@code [k / 2][INTEGER_TOKENS]} from their
 * offset, {@code tokenScales} {@code [b][INTEGER_TOKENS]} from theirs.
 */
final class VectorIntegerTiles {
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = CpuConstants.INTS;
    private static final VectorSpecies<Float> FLOATS = CpuConstants.FLOATS;
    private static final int LANES = CpuConstants.FLOAT_LANES;
    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;
    private static final int INTEGER_TOKENS = CpuConstants.INTEGER_TOKENS;

    private VectorIntegerTiles() {}

    /** Three tokens, for 32 registers. */
    static void multiply3(short[] codes, int[] pairs, int pairsOffset, float[] rowScales, float[] tokenScales,
            int scalesOffset, int blocks, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(FLOATS, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(FLOATS, sums, sumsOffset + LANES);
        FloatVector s02 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s12 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + 3 * LANES);
        FloatVector s20 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * TILE_ROWS);
        FloatVector s21 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * TILE_ROWS + LANES);
        FloatVector s22 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * TILE_ROWS + 2 * LANES);
        FloatVector s23 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * TILE_ROWS + 3 * LANES);
        for (int block = 0; block < blocks; block++) {
            ShortVector a00 = ShortVector.zero(SHORTS);
            ShortVector a01 = ShortVector.zero(SHORTS);
            ShortVector a02 = ShortVector.zero(SHORTS);
            ShortVector a03 = ShortVector.zero(SHORTS);
            ShortVector a10 = ShortVector.zero(SHORTS);
            ShortVector a11 = ShortVector.zero(SHORTS);
            ShortVector a12 = ShortVector.zero(SHORTS);
            ShortVector a13 = ShortVector.zero(SHORTS);
            ShortVector a20 = ShortVector.zero(SHORTS);
            ShortVector a21 = ShortVector.zero(SHORTS);
            ShortVector a22 = ShortVector.zero(SHORTS);
            ShortVector a23 = ShortVector.zero(SHORTS);
            int codesOffset = block * 32 * TILE_ROWS;
            int inputsOffset = pairsOffset + block * 16 * INTEGER_TOKENS;
            for (int k = 0; k < 16; k++) {
                int w = codesOffset + k * 2 * TILE_ROWS;
                int at = inputsOffset + k * INTEGER_TOKENS;
                ShortVector w0 = ShortVector.fromArray(SHORTS, codes, w);
                ShortVector w1 = ShortVector.fromArray(SHORTS, codes, w + 2 * LANES);
                ShortVector w2 = ShortVector.fromArray(SHORTS, codes, w + 4 * LANES);
                ShortVector w3 = ShortVector.fromArray(SHORTS, codes, w + 6 * LANES);
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
                x = IntVector.broadcast(INTS, pairs[at + 2]).reinterpretAsShorts();
                a20 = a20.add(w0.mul(x));
                a21 = a21.add(w1.mul(x));
                a22 = a22.add(w2.mul(x));
                a23 = a23.add(w3.mul(x));
            }
            int row = block * TILE_ROWS;
            int scaleAt = scalesOffset + block * INTEGER_TOKENS;
            FloatVector r0 = FloatVector.fromArray(FLOATS, rowScales, row);
            FloatVector r1 = FloatVector.fromArray(FLOATS, rowScales, row + LANES);
            FloatVector r2 = FloatVector.fromArray(FLOATS, rowScales, row + 2 * LANES);
            FloatVector r3 = FloatVector.fromArray(FLOATS, rowScales, row + 3 * LANES);
            FloatVector scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt]);
            IntVector n = a00.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s00 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s00);
            n = a01.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s01 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s01);
            n = a02.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s02 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s02);
            n = a03.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s03 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s03);
            scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt + 1]);
            n = a10.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s10 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s10);
            n = a11.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s11 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s11);
            n = a12.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s12 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s12);
            n = a13.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s13 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s13);
            scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt + 2]);
            n = a20.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s20 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s20);
            n = a21.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s21 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s21);
            n = a22.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s22 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s22);
            n = a23.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s23 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s23);
        }
        s00.intoArray(sums, sumsOffset);
        s01.intoArray(sums, sumsOffset + LANES);
        s02.intoArray(sums, sumsOffset + 2 * LANES);
        s03.intoArray(sums, sumsOffset + 3 * LANES);
        s10.intoArray(sums, sumsOffset + TILE_ROWS);
        s11.intoArray(sums, sumsOffset + TILE_ROWS + LANES);
        s12.intoArray(sums, sumsOffset + TILE_ROWS + 2 * LANES);
        s13.intoArray(sums, sumsOffset + TILE_ROWS + 3 * LANES);
        s20.intoArray(sums, sumsOffset + 2 * TILE_ROWS);
        s21.intoArray(sums, sumsOffset + 2 * TILE_ROWS + LANES);
        s22.intoArray(sums, sumsOffset + 2 * TILE_ROWS + 2 * LANES);
        s23.intoArray(sums, sumsOffset + 2 * TILE_ROWS + 3 * LANES);
    }

    /** Two tokens, for 16 registers. */
    static void multiply2(short[] codes, int[] pairs, int pairsOffset, float[] rowScales, float[] tokenScales,
            int scalesOffset, int blocks, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(FLOATS, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(FLOATS, sums, sumsOffset + LANES);
        FloatVector s02 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(FLOATS, sums, sumsOffset + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s12 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(FLOATS, sums, sumsOffset + TILE_ROWS + 3 * LANES);
        for (int block = 0; block < blocks; block++) {
            ShortVector a00 = ShortVector.zero(SHORTS);
            ShortVector a01 = ShortVector.zero(SHORTS);
            ShortVector a02 = ShortVector.zero(SHORTS);
            ShortVector a03 = ShortVector.zero(SHORTS);
            ShortVector a10 = ShortVector.zero(SHORTS);
            ShortVector a11 = ShortVector.zero(SHORTS);
            ShortVector a12 = ShortVector.zero(SHORTS);
            ShortVector a13 = ShortVector.zero(SHORTS);
            int codesOffset = block * 32 * TILE_ROWS;
            int inputsOffset = pairsOffset + block * 16 * INTEGER_TOKENS;
            for (int k = 0; k < 16; k++) {
                int w = codesOffset + k * 2 * TILE_ROWS;
                int at = inputsOffset + k * INTEGER_TOKENS;
                ShortVector w0 = ShortVector.fromArray(SHORTS, codes, w);
                ShortVector w1 = ShortVector.fromArray(SHORTS, codes, w + 2 * LANES);
                ShortVector w2 = ShortVector.fromArray(SHORTS, codes, w + 4 * LANES);
                ShortVector w3 = ShortVector.fromArray(SHORTS, codes, w + 6 * LANES);
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
            }
            int row = block * TILE_ROWS;
            int scaleAt = scalesOffset + block * INTEGER_TOKENS;
            FloatVector r0 = FloatVector.fromArray(FLOATS, rowScales, row);
            FloatVector r1 = FloatVector.fromArray(FLOATS, rowScales, row + LANES);
            FloatVector r2 = FloatVector.fromArray(FLOATS, rowScales, row + 2 * LANES);
            FloatVector r3 = FloatVector.fromArray(FLOATS, rowScales, row + 3 * LANES);
            FloatVector scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt]);
            IntVector n = a00.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s00 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s00);
            n = a01.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s01 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s01);
            n = a02.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s02 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s02);
            n = a03.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s03 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s03);
            scale = FloatVector.broadcast(FLOATS, tokenScales[scaleAt + 1]);
            n = a10.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s10 = n.convert(I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s10);
            n = a11.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s11 = n.convert(I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s11);
            n = a12.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s12 = n.convert(I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s12);
            n = a13.reinterpretAsInts();
            n = n.lanewise(LSHL, 16).lanewise(ASHR, 16).add(n.lanewise(ASHR, 16));
            s13 = n.convert(I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s13);
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
