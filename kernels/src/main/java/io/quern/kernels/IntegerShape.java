package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

/**
 * The measures of an integer layout.
 *
 * @param blockInputs inputs of a scale block: 16, or a multiple of 32
 */
record IntegerShape(int rows, int columns, int blockInputs, ScaleCodec scaleCodec, CodePlane plane) {
    /** Inputs of a chunk: whole blocks, enough of them that no header word is wasted on short groups. */
    int chunkInputs() {
        return blockInputs * blocksOfChunk();
    }

    private int blocksOfChunk() {
        if (blockInputs >= Chunks.INPUTS) {
            return 1;
        }
        return Math.max(Chunks.INPUTS / blockInputs, Math.min(4, 2 * Chunks.INPUTS / blockInputs));
    }

    long chunkBytes(int inputs) {
        int blocks = Chunks.ceilDiv(inputs, blockInputs);
        return (long) scaleCodec.headerWords(blocks) * TILE_WORD_BYTES + plane.byteSize(inputs);
    }

    long tileBytes() {
        int padded = Chunks.padded(columns);
        int tail = padded % chunkInputs();
        return padded / chunkInputs() * chunkBytes(chunkInputs()) + (tail == 0 ? 0 : chunkBytes(tail));
    }

    long byteSize() {
        return TiledMatrix.tileCount(rows) * tileBytes();
    }
}
