package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register-blocked f32 products of a few vectors of rows with a few tokens:
 * {@code sums[t * TILE_ROWS + r] += sum over k of weights[k * TILE_ROWS + r] * inputs[k * PANEL_TOKENS + t]}.
 *
 * <p>Every sum stays in a register over all k. The names say vectors of rows x tokens. The methods are unrolled by hand and
 * return nothing: C2 boxes vectors that leave a method.
 */
final class VectorFloatTiles {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = CpuConstants.FLOAT_LANES;
    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;
    private static final int PANEL_TOKENS = CpuConstants.PANEL_TOKENS;

    private VectorFloatTiles() {}

    /** A whole panel with 32 registers: 16 sums, 2 weights, 1 input. */
    static void multiply2x8(
            float[] weights, int weightsOffset, float[] inputs, int inputsOffset, int count, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sumsOffset + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS);
        FloatVector s21 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS);
        FloatVector s31 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS + LANES);
        FloatVector s40 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 4 * TILE_ROWS);
        FloatVector s41 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 4 * TILE_ROWS + LANES);
        FloatVector s50 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 5 * TILE_ROWS);
        FloatVector s51 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 5 * TILE_ROWS + LANES);
        FloatVector s60 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 6 * TILE_ROWS);
        FloatVector s61 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 6 * TILE_ROWS + LANES);
        FloatVector s70 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 7 * TILE_ROWS);
        FloatVector s71 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 7 * TILE_ROWS + LANES);
        for (int k = 0; k < count; k++) {
            int w = weightsOffset + k * TILE_ROWS;
            int x = inputsOffset + k * PANEL_TOKENS;
            FloatVector w0 = FloatVector.fromArray(SPECIES, weights, w);
            FloatVector w1 = FloatVector.fromArray(SPECIES, weights, w + LANES);
            FloatVector input = FloatVector.broadcast(SPECIES, inputs[x]);
            s00 = w0.fma(input, s00);
            s01 = w1.fma(input, s01);
            input = FloatVector.broadcast(SPECIES, inputs[x + 1]);
            s10 = w0.fma(input, s10);
            s11 = w1.fma(input, s11);
            input = FloatVector.broadcast(SPECIES, inputs[x + 2]);
            s20 = w0.fma(input, s20);
            s21 = w1.fma(input, s21);
            input = FloatVector.broadcast(SPECIES, inputs[x + 3]);
            s30 = w0.fma(input, s30);
            s31 = w1.fma(input, s31);
            input = FloatVector.broadcast(SPECIES, inputs[x + 4]);
            s40 = w0.fma(input, s40);
            s41 = w1.fma(input, s41);
            input = FloatVector.broadcast(SPECIES, inputs[x + 5]);
            s50 = w0.fma(input, s50);
            s51 = w1.fma(input, s51);
            input = FloatVector.broadcast(SPECIES, inputs[x + 6]);
            s60 = w0.fma(input, s60);
            s61 = w1.fma(input, s61);
            input = FloatVector.broadcast(SPECIES, inputs[x + 7]);
            s70 = w0.fma(input, s70);
            s71 = w1.fma(input, s71);
        }
        s00.intoArray(sums, sumsOffset);
        s01.intoArray(sums, sumsOffset + LANES);
        s10.intoArray(sums, sumsOffset + TILE_ROWS);
        s11.intoArray(sums, sumsOffset + TILE_ROWS + LANES);
        s20.intoArray(sums, sumsOffset + 2 * TILE_ROWS);
        s21.intoArray(sums, sumsOffset + 2 * TILE_ROWS + LANES);
        s30.intoArray(sums, sumsOffset + 3 * TILE_ROWS);
        s31.intoArray(sums, sumsOffset + 3 * TILE_ROWS + LANES);
        s40.intoArray(sums, sumsOffset + 4 * TILE_ROWS);
        s41.intoArray(sums, sumsOffset + 4 * TILE_ROWS + LANES);
        s50.intoArray(sums, sumsOffset + 5 * TILE_ROWS);
        s51.intoArray(sums, sumsOffset + 5 * TILE_ROWS + LANES);
        s60.intoArray(sums, sumsOffset + 6 * TILE_ROWS);
        s61.intoArray(sums, sumsOffset + 6 * TILE_ROWS + LANES);
        s70.intoArray(sums, sumsOffset + 7 * TILE_ROWS);
        s71.intoArray(sums, sumsOffset + 7 * TILE_ROWS + LANES);
    }

    /** A whole panel with 16 registers: 12 sums, 2 weights, 1 input. */
    static void multiply2x6(
            float[] weights, int weightsOffset, float[] inputs, int inputsOffset, int count, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sumsOffset + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS);
        FloatVector s21 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS);
        FloatVector s31 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS + LANES);
        FloatVector s40 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 4 * TILE_ROWS);
        FloatVector s41 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 4 * TILE_ROWS + LANES);
        FloatVector s50 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 5 * TILE_ROWS);
        FloatVector s51 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 5 * TILE_ROWS + LANES);
        for (int k = 0; k < count; k++) {
            int w = weightsOffset + k * TILE_ROWS;
            int x = inputsOffset + k * PANEL_TOKENS;
            FloatVector w0 = FloatVector.fromArray(SPECIES, weights, w);
            FloatVector w1 = FloatVector.fromArray(SPECIES, weights, w + LANES);
            FloatVector input = FloatVector.broadcast(SPECIES, inputs[x]);
            s00 = w0.fma(input, s00);
            s01 = w1.fma(input, s01);
            input = FloatVector.broadcast(SPECIES, inputs[x + 1]);
            s10 = w0.fma(input, s10);
            s11 = w1.fma(input, s11);
            input = FloatVector.broadcast(SPECIES, inputs[x + 2]);
            s20 = w0.fma(input, s20);
            s21 = w1.fma(input, s21);
            input = FloatVector.broadcast(SPECIES, inputs[x + 3]);
            s30 = w0.fma(input, s30);
            s31 = w1.fma(input, s31);
            input = FloatVector.broadcast(SPECIES, inputs[x + 4]);
            s40 = w0.fma(input, s40);
            s41 = w1.fma(input, s41);
            input = FloatVector.broadcast(SPECIES, inputs[x + 5]);
            s50 = w0.fma(input, s50);
            s51 = w1.fma(input, s51);
        }
        s00.intoArray(sums, sumsOffset);
        s01.intoArray(sums, sumsOffset + LANES);
        s10.intoArray(sums, sumsOffset + TILE_ROWS);
        s11.intoArray(sums, sumsOffset + TILE_ROWS + LANES);
        s20.intoArray(sums, sumsOffset + 2 * TILE_ROWS);
        s21.intoArray(sums, sumsOffset + 2 * TILE_ROWS + LANES);
        s30.intoArray(sums, sumsOffset + 3 * TILE_ROWS);
        s31.intoArray(sums, sumsOffset + 3 * TILE_ROWS + LANES);
        s40.intoArray(sums, sumsOffset + 4 * TILE_ROWS);
        s41.intoArray(sums, sumsOffset + 4 * TILE_ROWS + LANES);
        s50.intoArray(sums, sumsOffset + 5 * TILE_ROWS);
        s51.intoArray(sums, sumsOffset + 5 * TILE_ROWS + LANES);
    }

    /** Up to four tokens. */
    static void multiply2x4(
            float[] weights, int weightsOffset, float[] inputs, int inputsOffset, int count, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sumsOffset + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS);
        FloatVector s21 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS);
        FloatVector s31 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS + LANES);
        for (int k = 0; k < count; k++) {
            int w = weightsOffset + k * TILE_ROWS;
            int x = inputsOffset + k * PANEL_TOKENS;
            FloatVector w0 = FloatVector.fromArray(SPECIES, weights, w);
            FloatVector w1 = FloatVector.fromArray(SPECIES, weights, w + LANES);
            FloatVector input = FloatVector.broadcast(SPECIES, inputs[x]);
            s00 = w0.fma(input, s00);
            s01 = w1.fma(input, s01);
            input = FloatVector.broadcast(SPECIES, inputs[x + 1]);
            s10 = w0.fma(input, s10);
            s11 = w1.fma(input, s11);
            input = FloatVector.broadcast(SPECIES, inputs[x + 2]);
            s20 = w0.fma(input, s20);
            s21 = w1.fma(input, s21);
            input = FloatVector.broadcast(SPECIES, inputs[x + 3]);
            s30 = w0.fma(input, s30);
            s31 = w1.fma(input, s31);
        }
        s00.intoArray(sums, sumsOffset);
        s01.intoArray(sums, sumsOffset + LANES);
        s10.intoArray(sums, sumsOffset + TILE_ROWS);
        s11.intoArray(sums, sumsOffset + TILE_ROWS + LANES);
        s20.intoArray(sums, sumsOffset + 2 * TILE_ROWS);
        s21.intoArray(sums, sumsOffset + 2 * TILE_ROWS + LANES);
        s30.intoArray(sums, sumsOffset + 3 * TILE_ROWS);
        s31.intoArray(sums, sumsOffset + 3 * TILE_ROWS + LANES);
    }

    /** Up to two tokens: all four vectors of a tile, so that enough sums are independent. */
    static void multiply4x2(
            float[] weights, int weightsOffset, float[] inputs, int inputsOffset, int count, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sumsOffset + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + 3 * LANES);
        for (int k = 0; k < count; k++) {
            int w = weightsOffset + k * TILE_ROWS;
            int x = inputsOffset + k * PANEL_TOKENS;
            FloatVector w0 = FloatVector.fromArray(SPECIES, weights, w);
            FloatVector w1 = FloatVector.fromArray(SPECIES, weights, w + LANES);
            FloatVector w2 = FloatVector.fromArray(SPECIES, weights, w + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(SPECIES, weights, w + 3 * LANES);
            FloatVector input = FloatVector.broadcast(SPECIES, inputs[x]);
            s00 = w0.fma(input, s00);
            s01 = w1.fma(input, s01);
            s02 = w2.fma(input, s02);
            s03 = w3.fma(input, s03);
            input = FloatVector.broadcast(SPECIES, inputs[x + 1]);
            s10 = w0.fma(input, s10);
            s11 = w1.fma(input, s11);
            s12 = w2.fma(input, s12);
            s13 = w3.fma(input, s13);
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
