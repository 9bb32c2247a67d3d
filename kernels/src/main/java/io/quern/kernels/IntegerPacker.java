package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Supplier;

/** Packs an {@link IntegerMatrix}. */
final class IntegerPacker implements Packer {
    private final IntegerShape shape;
    private final InputOrder inputOrder;
    private final Supplier<ChunkSource> sources;
    private final MemorySegment data;

    /** @param sources makes a reader for each thread */
    IntegerPacker(IntegerShape shape, InputOrder inputOrder, Supplier<ChunkSource> sources, Arena arena) {
        this.shape = shape;
        this.inputOrder = inputOrder;
        this.sources = sources;
        this.data = arena.allocate(shape.byteSize(), 64);
    }

    @Override
    public int tileCount() {
        return TiledMatrix.tileCount(shape.rows());
    }

    @Override
    public long byteSize() {
        return data.byteSize();
    }

    @Override
    public void packTiles(int fromTile, int tileLimit) {
        ChunkSource source = sources.get();
        int[] header = new int[shape.scaleCodec().headerWords(Chunks.MAX_BLOCKS) * TILE_ROWS];
        long[] codes = new long[Chunks.INPUTS / 8 * TILE_ROWS];
        int[] words = new int[Chunks.INPUTS / CodePlane.UNIT * shape.plane().bits * TILE_ROWS];
        int padded = Chunks.padded(shape.columns());
        int chunkInputs = shape.chunkInputs();
        for (int tile = fromTile; tile < tileLimit; tile++) {
            int firstRow = tile * TILE_ROWS;
            int rowCount = TiledMatrix.rowsOfTile(tile, shape.rows());
            long at = tile * shape.tileBytes();
            for (int from = 0; from < padded; from += chunkInputs) {
                int inputs = Math.min(chunkInputs, padded - from);
                int blocks = Chunks.ceilDiv(inputs, shape.blockInputs());
                int headerWords = shape.scaleCodec().headerWords(blocks);
                Arrays.fill(header, 0, headerWords * TILE_ROWS, 0);
                source.header(firstRow, rowCount, from, inputs, header);
                shape.scaleCodec().inspect(header, blocks);
                MemorySegment.copy(header, 0, data, ValueLayout.JAVA_INT, at, headerWords * TILE_ROWS);
                at += (long) headerWords * TILE_WORD_BYTES;
                for (int piece = 0; piece < inputs; piece += Chunks.INPUTS) {
                    int count = Math.min(Chunks.INPUTS, inputs - piece);
                    if (rowCount < TILE_ROWS || from + piece + count > shape.columns()) {
                        Arrays.fill(codes, 0);
                    }
                    source.codes(firstRow, rowCount, from + piece, count, codes);
                    shape.plane().pack(codes, count, words);
                    MemorySegment.copy(words, 0, data, ValueLayout.JAVA_INT, at,
                            (int) (shape.plane().byteSize(count) / Integer.BYTES));
                    at += shape.plane().byteSize(count);
                }
            }
        }
    }

    @Override
    public PackedMatrix finish() {
        return new IntegerMatrix(shape, data, inputOrder);
    }
}
