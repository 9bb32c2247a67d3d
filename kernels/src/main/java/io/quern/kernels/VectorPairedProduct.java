package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.SHORTS;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static io.quern.kernels.VectorIntegerTiles.BLOCK_BYTES;
import static io.quern.kernels.VectorIntegerTiles.CODE_BYTES;
import static io.quern.kernels.VectorIntegerTiles.INPUT_BYTES;
import static io.quern.kernels.VectorIntegerTiles.MOST_BLOCKS;
import static io.quern.kernels.VectorIntegerTiles.SLACK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ShortVector;

/**
 * The products of {@link VectorIntegerTiles} for 32 registers, one multiplication for two of them (Winograd's inner
 * product): {@code (x + d) * (y + c) - x * y - c * d} is {@code x * c + y * d}. The last two terms belong to a token
 * and to a row alone and are summed up once: a block's sum starts with them. That everything on the way wraps around at
 * 16 bits changes nothing, as for the plain products.
 *
 * <p>Additions replace multiplications, and all are as many as before; but a core that adds on twice as many ports as
 * it multiplies on is never idle.
 */
final class VectorPairedProduct {
    /** Aligned, but a layout that says so costs a check. */
    private static final ValueLayout.OfShort INPUT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private static final int CHUNK_INPUTS = CpuConstants.CHUNK_COLUMNS;
    private static final int CHUNK_BYTES = CHUNK_INPUTS * INPUT_BYTES;

    private VectorPairedProduct() {}

    /**
     * The integer sums of every block of 16 or 32 inputs: {@code blockSums[b][token][TILE_ROWS / 2]}.
     *
     * @param codes as of {@link IntegerTiles#unpackRowPairs}
     * @param inputs shorts {@code [k][TOKENS]}, from their offset in bytes
     * @param rowStarts less the products of neighbouring codes, for every 16 inputs
     * @param tokenStarts {@code [b][TOKENS]}, from their offset in bytes: less the products of neighbouring inputs
     */
    static void multiply(MemorySegment codes, MemorySegment inputs, long inputsOffset,
            MemorySegment rowStarts, MemorySegment tokenStarts, long startsOffset, int blocks, int blockInputs,
            MemorySegment blockSums) {
        MemorySegment chunk = codes.asSlice(0, (CHUNK_INPUTS + SLACK) * CODE_BYTES);
        MemorySegment group = inputs.asSlice(inputsOffset, CHUNK_BYTES + SLACK * INPUT_BYTES);
        MemorySegment rows = rowStarts.asSlice(0, (MOST_BLOCKS + 1) * CODE_BYTES);
        MemorySegment own = tokenStarts.asSlice(startsOffset, MOST_BLOCKS * INPUT_BYTES);
        MemorySegment all = blockSums.asSlice(0, MOST_BLOCKS * BLOCK_BYTES);
        int blockBytes = (blockInputs == HALF ? HALF : BlockQuantizer.INPUTS) * INPUT_BYTES;
        int halves = blockInputs == HALF ? 1 : 2;
        for (int block = 0; block < blocks; block++) {
            int row = (block * halves & MOST_BLOCKS - halves) * CODE_BYTES;
            int start = (block & MOST_BLOCKS - 1) * INPUT_BYTES;
            ShortVector row0 = ShortVector.fromMemorySegment(SHORTS, rows, row, ORDER);
            ShortVector row1 = ShortVector.fromMemorySegment(SHORTS, rows, row + VECTOR_BYTES, ORDER);
            if (halves == 2) {
                row0 = row0.add(ShortVector.fromMemorySegment(SHORTS, rows, row + 2 * VECTOR_BYTES, ORDER));
                row1 = row1.add(ShortVector.fromMemorySegment(SHORTS, rows, row + 3 * VECTOR_BYTES, ORDER));
            }
            short token = own.get(INPUT, start);
            ShortVector a00 = row0.add(token);
            ShortVector a01 = row1.add(token);
            token = own.get(INPUT, start + 2);
            ShortVector a10 = row0.add(token);
            ShortVector a11 = row1.add(token);
            token = own.get(INPUT, start + 4);
            ShortVector a20 = row0.add(token);
            ShortVector a21 = row1.add(token);
            token = own.get(INPUT, start + 6);
            ShortVector a30 = row0.add(token);
            ShortVector a31 = row1.add(token);
            int from = block * blockBytes & CHUNK_BYTES - HALF * INPUT_BYTES;
            for (int k = 0; k < blockBytes; k += 2 * INPUT_BYTES) {
                int at = from + k;
                long w = (long) at * (CODE_BYTES / INPUT_BYTES);
                ShortVector x0 = ShortVector.broadcast(SHORTS, group.get(INPUT, at));
                ShortVector y0 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 8));
                ShortVector x1 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 2));
                ShortVector y1 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 10));
                ShortVector x2 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 4));
                ShortVector y2 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 12));
                ShortVector x3 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 6));
                ShortVector y3 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 14));
                ShortVector c = ShortVector.fromMemorySegment(SHORTS, chunk, w, ORDER);
                ShortVector d = ShortVector.fromMemorySegment(SHORTS, chunk, w + 2 * VECTOR_BYTES, ORDER);
                a00 = a00.add(c.add(y0).mul(d.add(x0)));
                a10 = a10.add(c.add(y1).mul(d.add(x1)));
                a20 = a20.add(c.add(y2).mul(d.add(x2)));
                a30 = a30.add(c.add(y3).mul(d.add(x3)));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + VECTOR_BYTES, ORDER);
                d = ShortVector.fromMemorySegment(SHORTS, chunk, w + 3 * VECTOR_BYTES, ORDER);
                a01 = a01.add(c.add(y0).mul(d.add(x0)));
                a11 = a11.add(c.add(y1).mul(d.add(x1)));
                a21 = a21.add(c.add(y2).mul(d.add(x2)));
                a31 = a31.add(c.add(y3).mul(d.add(x3)));
            }
            int to = (block & MOST_BLOCKS - 1) * BLOCK_BYTES;
            a00.intoMemorySegment(all, to, ORDER);
            a01.intoMemorySegment(all, to + VECTOR_BYTES, ORDER);
            a10.intoMemorySegment(all, to + 2 * VECTOR_BYTES, ORDER);
            a11.intoMemorySegment(all, to + 3 * VECTOR_BYTES, ORDER);
            a20.intoMemorySegment(all, to + 4 * VECTOR_BYTES, ORDER);
            a21.intoMemorySegment(all, to + 5 * VECTOR_BYTES, ORDER);
            a30.intoMemorySegment(all, to + 6 * VECTOR_BYTES, ORDER);
            a31.intoMemorySegment(all, to + 7 * VECTOR_BYTES, ORDER);
        }
    }
}
