package io.quern.kernels;

import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register-blocked f32 products of one tile of rows, four vectors, with a few tokens:
 * {@code sums[t][r] += weights[k * TILE_ROWS + r] * inputs[inputsOffset + k * PANEL_TOKENS + t]} over all
 * {@code k < count}, with {@code sums} {@code [token][TILE_ROWS]} from an offset in bytes.
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

    /** Sets the sums of the first tokens to zero. */
    static void clear(MemorySegment sums, int tokens) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int n = 0; n < tokens * (TILE_ROWS / LANES); n++) {
            zero.intoMemorySegment(sums, (long) n * VECTOR_BYTES, ORDER);
        }
    }

    /** Four tokens, for 32 registers: 16 sums, 4 weights, the inputs. */
    static void multiply4(
            float[] weights, float[] inputs, int inputsOffset, int count, MemorySegment sums, long sumsOffset) {
        MemorySegment own = sums.asSlice(sumsOffset, 4 * TILE_WORD_BYTES);
        FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, own, 0, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, own, VECTOR_BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(SPECIES, own, 2 * VECTOR_BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(SPECIES, own, 3 * VECTOR_BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, own, 4 * VECTOR_BYTES, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, own, 5 * VECTOR_BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(SPECIES, own, 6 * VECTOR_BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(SPECIES, own, 7 * VECTOR_BYTES, ORDER);
        FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, own, 8 * VECTOR_BYTES, ORDER);
        FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, own, 9 * VECTOR_BYTES, ORDER);
        FloatVector s22 = FloatVector.fromMemorySegment(SPECIES, own, 10 * VECTOR_BYTES, ORDER);
        FloatVector s23 = FloatVector.fromMemorySegment(SPECIES, own, 11 * VECTOR_BYTES, ORDER);
        FloatVector s30 = FloatVector.fromMemorySegment(SPECIES, own, 12 * VECTOR_BYTES, ORDER);
        FloatVector s31 = FloatVector.fromMemorySegment(SPECIES, own, 13 * VECTOR_BYTES, ORDER);
        FloatVector s32 = FloatVector.fromMemorySegment(SPECIES, own, 14 * VECTOR_BYTES, ORDER);
        FloatVector s33 = FloatVector.fromMemorySegment(SPECIES, own, 15 * VECTOR_BYTES, ORDER);
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
        s00.intoMemorySegment(own, 0, ORDER);
        s01.intoMemorySegment(own, VECTOR_BYTES, ORDER);
        s02.intoMemorySegment(own, 2 * VECTOR_BYTES, ORDER);
        s03.intoMemorySegment(own, 3 * VECTOR_BYTES, ORDER);
        s10.intoMemorySegment(own, 4 * VECTOR_BYTES, ORDER);
        s11.intoMemorySegment(own, 5 * VECTOR_BYTES, ORDER);
        s12.intoMemorySegment(own, 6 * VECTOR_BYTES, ORDER);
        s13.intoMemorySegment(own, 7 * VECTOR_BYTES, ORDER);
        s20.intoMemorySegment(own, 8 * VECTOR_BYTES, ORDER);
        s21.intoMemorySegment(own, 9 * VECTOR_BYTES, ORDER);
        s22.intoMemorySegment(own, 10 * VECTOR_BYTES, ORDER);
        s23.intoMemorySegment(own, 11 * VECTOR_BYTES, ORDER);
        s30.intoMemorySegment(own, 12 * VECTOR_BYTES, ORDER);
        s31.intoMemorySegment(own, 13 * VECTOR_BYTES, ORDER);
        s32.intoMemorySegment(own, 14 * VECTOR_BYTES, ORDER);
        s33.intoMemorySegment(own, 15 * VECTOR_BYTES, ORDER);
    }

    /** Two tokens, for 16 registers: 8 sums, 4 weights, the inputs. */
    static void multiply2(
            float[] weights, float[] inputs, int inputsOffset, int count, MemorySegment sums, long sumsOffset) {
        MemorySegment own = sums.asSlice(sumsOffset, 2 * TILE_WORD_BYTES);
        FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, own, 0, ORDER);
        FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, own, VECTOR_BYTES, ORDER);
        FloatVector s02 = FloatVector.fromMemorySegment(SPECIES, own, 2 * VECTOR_BYTES, ORDER);
        FloatVector s03 = FloatVector.fromMemorySegment(SPECIES, own, 3 * VECTOR_BYTES, ORDER);
        FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, own, 4 * VECTOR_BYTES, ORDER);
        FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, own, 5 * VECTOR_BYTES, ORDER);
        FloatVector s12 = FloatVector.fromMemorySegment(SPECIES, own, 6 * VECTOR_BYTES, ORDER);
        FloatVector s13 = FloatVector.fromMemorySegment(SPECIES, own, 7 * VECTOR_BYTES, ORDER);
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
        s00.intoMemorySegment(own, 0, ORDER);
        s01.intoMemorySegment(own, VECTOR_BYTES, ORDER);
        s02.intoMemorySegment(own, 2 * VECTOR_BYTES, ORDER);
        s03.intoMemorySegment(own, 3 * VECTOR_BYTES, ORDER);
        s10.intoMemorySegment(own, 4 * VECTOR_BYTES, ORDER);
        s11.intoMemorySegment(own, 5 * VECTOR_BYTES, ORDER);
        s12.intoMemorySegment(own, 6 * VECTOR_BYTES, ORDER);
        s13.intoMemorySegment(own, 7 * VECTOR_BYTES, ORDER);
    }
}
