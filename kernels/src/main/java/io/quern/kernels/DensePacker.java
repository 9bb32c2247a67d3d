package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** Packs a {@link DenseMatrix}. */
final class DensePacker implements Packer {
    private static final int PIECE = 256;

    private final int rows;
    private final int columns;
    private final TensorType type;
    private final DenseSource source;
    private final MemorySegment data;
    private final AtomicBoolean infinite = new AtomicBoolean();

    /** @param type F32, F16 or BF16: what is stored */
    DensePacker(int rows, int columns, TensorType type, DenseSource source, Arena arena) {
        this.rows = rows;
        this.columns = columns;
        this.type = type;
        this.source = source;
        this.data = arena.allocate(TiledMatrix.tileCount(rows) * DenseMatrix.tileBytes(columns, type), 64);
    }

    @Override
    public int tileCount() {
        return TiledMatrix.tileCount(rows);
    }

    @Override
    public long byteSize() {
        return data.byteSize();
    }

    @Override
    public void packTiles(int fromTile, int tileLimit) {
        int[] words = new int[PIECE * TILE_ROWS];
        int wordInputs = DenseMatrix.wordInputs(type);
        int padded = Chunks.padded(columns);
        long at = fromTile * DenseMatrix.tileBytes(columns, type);
        for (int tile = fromTile; tile < tileLimit; tile++) {
            for (int from = 0; from < padded; from += PIECE) {
                int inputs = Math.min(PIECE, padded - from);
                int wordCount = inputs / wordInputs;
                Arrays.fill(words, 0, wordCount * TILE_ROWS, 0);
                source.read(tile * TILE_ROWS, TiledMatrix.rowsOfTile(tile, rows), from,
                        Math.min(inputs, columns - from), words);
                inspect(words, wordCount * TILE_ROWS);
                MemorySegment.copy(words, 0, data, ValueLayout.JAVA_INT, at, wordCount * TILE_ROWS);
                at += (long) wordCount * TILE_WORD_BYTES;
            }
        }
    }

    private void inspect(int[] words, int count) {
        if (type == TensorType.F16 && GroupScales.hasInfinite(words, count)) {
            infinite.set(true);
        }
    }

    @Override
    public PackedMatrix finish() {
        return switch (type) {
            case F16 -> new Float16Matrix(rows, columns, data, infinite.get());
            case BF16 -> new BFloat16Matrix(rows, columns, data);
            default -> new Float32Matrix(rows, columns, data);
        };
    }
}
