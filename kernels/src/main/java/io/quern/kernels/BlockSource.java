package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/**
 * Reads rows of blocks into an integer layout. Long pieces of the rows are copied first: a chunk's blocks are a few
 * cache lines from each of many rows, and to wait for memory at each of them would take half of the time.
 */
final class BlockSource implements ChunkSource {
    /** Inputs of a piece: a multiple of a chunk's. All rows' pieces fit the second-level cache. */
    private static final int PIECE = 2048;

    private final BlockWeights weights;
    private final BlockReader reader;
    private final int blockElements;
    private final int blockBytes;
    private final long rowBytes;
    private final long pieceBytes;
    private final MemorySegment piece;
    private long loaded = -1;

    BlockSource(BlockWeights weights, BlockReader reader) {
        this.weights = weights;
        this.reader = reader;
        this.blockElements = weights.type().elementsPerBlock();
        this.blockBytes = weights.type().bytesPerBlock();
        this.rowBytes = weights.rowBytes();
        this.pieceBytes = weights.type().byteSize(Math.min(PIECE, weights.columns()));
        this.piece = MemorySegment.ofArray(new byte[Math.toIntExact(TILE_ROWS * pieceBytes)]);
    }

    /** Copies the pieces of a column if they are not there, and tells where in a row's piece it is. */
    private long load(int firstRow, int rowCount, int column) {
        int from = column / PIECE * PIECE;
        long first = firstRow * rowBytes + weights.type().byteSize(from);
        if (first != loaded) {
            long bytes = weights.type().byteSize(Math.min(PIECE, weights.columns() - from));
            for (int lane = 0; lane < rowCount; lane++) {
                MemorySegment.copy(weights.data(), first + lane * rowBytes, piece, lane * pieceBytes, bytes);
            }
            loaded = first;
        }
        return weights.type().byteSize(column - from);
    }

    @Override
    public void header(int firstRow, int rowCount, int fromColumn, int inputs, int[] words) {
        long first = load(firstRow, rowCount, fromColumn);
        for (int lane = 0; lane < rowCount; lane++) {
            long at = first + lane * pieceBytes;
            for (int block = 0; block < inputs / blockElements; block++) {
                reader.scales(piece, at + (long) block * blockBytes, block, inputs, words, lane);
            }
        }
    }

    @Override
    public void codes(int firstRow, int rowCount, int fromColumn, int inputs, long[] codes) {
        long first = load(firstRow, rowCount, fromColumn);
        for (int lane = 0; lane < rowCount; lane++) {
            long at = first + lane * pieceBytes;
            for (int block = 0; block < inputs / blockElements; block++) {
                reader.codes(piece, at + (long) block * blockBytes, codes,
                        block * (blockElements / 8) * TILE_ROWS + lane);
            }
        }
    }
}
