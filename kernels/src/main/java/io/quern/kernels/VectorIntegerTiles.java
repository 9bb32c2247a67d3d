package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one tile of rows, four vectors, with two tokens on 16-bit lanes, of which a vector has twice as many
 * as of floats.
 *
 * <p>An int lane holds two neighbouring inputs of one row; a broadcast int holds the same two inputs of a token. In a
 * block of 32 inputs each 16-bit lane sums 16 products, at most {@code 16 * 8 * 255 = 32640 < 2^15}; then both halves are
 * widened and added, and the scales applied in f32.
 */
final class VectorIntegerTiles {
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = CpuConstants.INTS;
    private static final VectorSpecies<Float> FLOATS = CpuConstants.FLOATS;
    private static final int LANES = CpuConstants.FLOAT_LANES;
    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;

    private VectorIntegerTiles() {}

    /**
     * {@code sums[sumsOffset + t * TILE_ROWS + r] += rowScales[b * TILE_ROWS + r] * tokenScales[scalesOffset + 2 * b + t]
     * * s} over all blocks b, with s the integer sum of the block's products.
     *
     * @param codes see {@link IntegerTiles#unpackCodes}
     * @param pairs two inputs of a token in one int: {@code [k / 2][2]} from pairsOffset
     */
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
            for (int k = block * 16; k < block * 16 + 16; k++) {
                int w = k * 2 * TILE_ROWS;
                ShortVector w0 = ShortVector.fromArray(SHORTS, codes, w);
                ShortVector w1 = ShortVector.fromArray(SHORTS, codes, w + 2 * LANES);
                ShortVector w2 = ShortVector.fromArray(SHORTS, codes, w + 4 * LANES);
                ShortVector w3 = ShortVector.fromArray(SHORTS, codes, w + 6 * LANES);
                ShortVector x = IntVector.broadcast(INTS, pairs[pairsOffset + 2 * k]).reinterpretAsShorts();
                a00 = w0.mul(x).add(a00);
                a01 = w1.mul(x).add(a01);
                a02 = w2.mul(x).add(a02);
                a03 = w3.mul(x).add(a03);
                x = IntVector.broadcast(INTS, pairs[pairsOffset + 2 * k + 1]).reinterpretAsShorts();
                a10 = w0.mul(x).add(a10);
                a11 = w1.mul(x).add(a11);
                a12 = w2.mul(x).add(a12);
                a13 = w3.mul(x).add(a13);
            }
            int row = block * TILE_ROWS;
            FloatVector r0 = FloatVector.fromArray(FLOATS, rowScales, row);
            FloatVector r1 = FloatVector.fromArray(FLOATS, rowScales, row + LANES);
            FloatVector r2 = FloatVector.fromArray(FLOATS, rowScales, row + 2 * LANES);
            FloatVector r3 = FloatVector.fromArray(FLOATS, rowScales, row + 3 * LANES);
            FloatVector scale = FloatVector.broadcast(FLOATS, tokenScales[scalesOffset + 2 * block]);
            IntVector n = a00.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s00 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s00);
            n = a01.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s01 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s01);
            n = a02.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s02 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s02);
            n = a03.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s03 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s03);
            scale = FloatVector.broadcast(FLOATS, tokenScales[scalesOffset + 2 * block + 1]);
            n = a10.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s10 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r0.mul(scale), s10);
            n = a11.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s11 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r1.mul(scale), s11);
            n = a12.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s12 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r2.mul(scale), s12);
            n = a13.reinterpretAsInts();
            n = n.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 16)
                    .add(n.lanewise(VectorOperators.ASHR, 16));
            s13 = n.convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(r3.mul(scale), s13);
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
