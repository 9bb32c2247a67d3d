package io.quern.kernels;

/** Weights on their way into an integer layout: reads pieces of a tile. One object serves one thread. */
interface ChunkSource {
    /**
     * Fills the words that stand in front of a chunk's codes, {@code [word][TILE_ROWS]}, which come zeroed.
     *
     * @param fromColumn first input of the chunk
     * @param inputs inputs of the chunk
     */
    void header(int firstRow, int rowCount, int fromColumn, int inputs, int[] words);

    /**
     * Fills codes, eight of a row in the bytes of a long, the first in the lowest: {@code [k / 8][TILE_ROWS]}. They
     * come zeroed.
     */
    void codes(int firstRow, int rowCount, int fromColumn, int inputs, long[] codes);
}
