package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register-blocked f32 products of one tile of rows, four vectors, with a few tokens:
 * {@code sums[sumsOffset + t * TILE_ROWS + r] += weights[k * TILE_ROWS + r] * inputs[inputsOffset + k * PANEL_TOKENS +
 * t]} over all {@code k < count}.
 *
 * <p>Every sum stays in a register over all k. The methods are unrolled by hand and return nothing: C2 boxes vectors
 * that leave a method. Four vectors of rows measured faster than two with twice the tokens: C2 moves the broadcasts of
 * a token to the front of the loop, so that many tokens cost many registers.
 */
final class VectorFloatTiles {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = CpuConstants.FLOAT_LANES;
    private static final int TILE_ROWS = CpuConstants.TILE_ROWS;
    private static final int PANEL_TOKENS = CpuConstants.PANEL_TOKENS;

    private VectorFloatTiles() {}

    /** Four tokens, for 32 registers: 16 sums, 4 weights, the inputs. */
    static void multiply4(
            float[] weights, float[] inputs, int inputsOffset, int count, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sumsOffset + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + 3 * LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS);
        FloatVector s21 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS + LANES);
        FloatVector s22 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS + 2 * LANES);
        FloatVector s23 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * TILE_ROWS + 3 * LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS);
        FloatVector s31 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS + LANES);
        FloatVector s32 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS + 2 * LANES);
        FloatVector s33 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * TILE_ROWS + 3 * LANES);
        for (int k = 0; k < count; k++) {
            int w = k * TILE_ROWS;
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
            input = FloatVector.broadcast(SPECIES, inputs[x + 2]);
            s20 = w0.fma(input, s20);
            s21 = w1.fma(input, s21);
            s22 = w2.fma(input, s22);
            s23 = w3.fma(input, s23);
            input = FloatVector.broadcast(SPECIES, inputs[x + 3]);
            s30 = w0.fma(input, s30);
            s31 = w1.fma(input, s31);
            s32 = w2.fma(input, s32);
            s33 = w3.fma(input, s33);
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
        s30.intoArray(sums, sumsOffset + 3 * TILE_ROWS);
        s31.intoArray(sums, sumsOffset + 3 * TILE_ROWS + LANES);
        s32.intoArray(sums, sumsOffset + 3 * TILE_ROWS + 2 * LANES);
        s33.intoArray(sums, sumsOffset + 3 * TILE_ROWS + 3 * LANES);
    }

    /** Two tokens, for 16 registers: 8 sums, 4 weights, the inputs. */
    static void multiply2(
            float[] weights, float[] inputs, int inputsOffset, int count, float[] sums, int sumsOffset) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, sumsOffset);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, sumsOffset + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, sums, sumsOffset + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, sums, sumsOffset + TILE_ROWS + 3 * LANES);
        for (int k = 0; k < count; k++) {
            int w = k * TILE_ROWS;
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
