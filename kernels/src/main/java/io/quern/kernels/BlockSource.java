package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Reads rows of blocks into an integer layout. */
final class BlockSource implements ChunkSource {
    private final MemorySegment data;
    private final long rowBytes;
    private final int blockElements;
    private final int blockBytes;
    private final BlockReader reader;

    BlockSource(BlockWeights weights, BlockReader reader) {
        this.data = weights.data();
        this.blockElements = weights.type().elementsPerBlock();
        this.blockBytes = weights.type().bytesPerBlock();
        this.rowBytes = (long) weights.columns() / blockElements * blockBytes;
        this.reader = reader;
    }

    private long at(int row, int column) {
        return row * rowBytes + (long) column / blockElements * blockBytes;
    }

    @Override
    public void header(int firstRow, int rowCount, int fromColumn, int inputs, int[] words) {
        for (int lane = 0; lane < rowCount; lane++) {
            long at = at(firstRow + lane, fromColumn);
            for (int block = 0; block < inputs / blockElements; block++) {
                reader.scales(data, at + (long) block * blockBytes, block, inputs, words, lane);
            }
        }
    }

    @Override
    public void codes(int firstRow, int rowCount, int fromColumn, int inputs, long[] codes) {
        for (int lane = 0; lane < rowCount; lane++) {
            long at = at(firstRow + lane, fromColumn);
            for (int block = 0; block < inputs / blockElements; block++) {
                reader.codes(data, at + (long) block * blockBytes, codes,
                        block * (blockElements / 8) * TILE_ROWS + lane);
            }
        }
    }
}
