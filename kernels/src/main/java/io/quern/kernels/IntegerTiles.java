package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Tiles of integer codes: {@code W = scale * code + minimum}, scale and minimum per row and block of inputs. */
interface IntegerTiles {
    /** Inputs of a scale block: 16, 32 or a larger group. */
    int scaleInputs();

    /** Smallest code that occurs. */
    int minimumCode();

    /** Largest code that occurs. */
    int maximumCode();

    /** False if all minimums are zero; they are not written then. */
    boolean hasMinimums();

    /**
     * Writes signed codes, two consecutive inputs side by side in one int lane:
     * {@code target[targetOffset + ((k / 2) * TILE_ROWS + lane) * 2 + (k & 1)]} with k counted from {@code fromColumn},
     * in 16 bits each.
     */
    void unpackCodes(int tile, int fromColumn, int columnCount, MemorySegment target, int targetOffset);

    /**
     * Writes signed codes, two rows side by side in one int lane, those of one vector and those of the next:
     * {@code codes[k * TILE_ROWS + (lane / (2 * L) * L + lane % L) * 2 + lane / L % 2]}, in 16 bits each, with k
     * counted from {@code fromColumn} and L int lanes in a vector; and what sums of 16 inputs start with ({@link
     * VectorPairedProduct}), in the same order.
     */
    default void unpackRowPairs(
            int tile, int fromColumn, int columnCount, MemorySegment codes, MemorySegment starts) {
        unpackCodes(tile, fromColumn, columnCount, codes, 0);
        VectorIntegerTiles.pairRows(codes, Chunks.padded(columnCount), starts);
    }

    /**
     * Writes the scales and minimums of the blocks of these columns: {@code scales[offset + block * TILE_ROWS + lane]}.
     */
    void unpackScales(int tile, int fromColumn, int columnCount, float[] scales, float[] minimums, int offset);
}
