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
 * The products of {@link VectorIntegerTiles} for 16 registers, one multiplication for each. Bound by the number of its
 * instructions, 51 for 32 multiplications and additions. Two inputs at once in this order is what C2 spills nothing
 * for; the offset of the codes follows from that of the inputs.
 */
final class VectorPlainProduct {
    /** Aligned, but a layout that says so costs a check. */
    private static final ValueLayout.OfShort INPUT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private static final int CHUNK_INPUTS = CpuConstants.CHUNK_COLUMNS;
    private static final int CHUNK_BYTES = CHUNK_INPUTS * INPUT_BYTES;

    private VectorPlainProduct() {}

    /**
     * The integer sums of every block of 16 or 32 inputs: {@code blockSums[b][token][TILE_ROWS / 2]}.
     *
     * @param codes as of {@link IntegerTiles#unpackRowPairs}
     * @param inputs shorts {@code [k][TOKENS]}, from their offset in bytes
     */
    static void multiply(MemorySegment codes, MemorySegment inputs, long inputsOffset, int blocks, int blockInputs,
            MemorySegment blockSums) {
        MemorySegment chunk = codes.asSlice(0, (CHUNK_INPUTS + SLACK) * CODE_BYTES);
        MemorySegment group = inputs.asSlice(inputsOffset, CHUNK_BYTES + SLACK * INPUT_BYTES);
        MemorySegment all = blockSums.asSlice(0, MOST_BLOCKS * BLOCK_BYTES);
        int blockBytes = (blockInputs == HALF ? HALF : BlockQuantizer.INPUTS) * INPUT_BYTES;
        for (int block = 0; block < blocks; block++) {
            ShortVector a00 = ShortVector.zero(SHORTS);
            ShortVector a01 = ShortVector.zero(SHORTS);
            ShortVector a10 = ShortVector.zero(SHORTS);
            ShortVector a11 = ShortVector.zero(SHORTS);
            ShortVector a20 = ShortVector.zero(SHORTS);
            ShortVector a21 = ShortVector.zero(SHORTS);
            ShortVector a30 = ShortVector.zero(SHORTS);
            ShortVector a31 = ShortVector.zero(SHORTS);
            int from = block * blockBytes & CHUNK_BYTES - HALF * INPUT_BYTES;
            for (int k = 0; k < blockBytes; k += 2 * INPUT_BYTES) {
                int at = from + k;
                long w = (long) at * (CODE_BYTES / INPUT_BYTES);
                ShortVector x0 = ShortVector.broadcast(SHORTS, group.get(INPUT, at));
                ShortVector x1 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 2));
                ShortVector x2 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 4));
                ShortVector x3 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 6));
                ShortVector c = ShortVector.fromMemorySegment(SHORTS, chunk, w, ORDER);
                a00 = a00.add(c.mul(x0));
                a10 = a10.add(c.mul(x1));
                a20 = a20.add(c.mul(x2));
                a30 = a30.add(c.mul(x3));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + VECTOR_BYTES, ORDER);
                a01 = a01.add(c.mul(x0));
                a11 = a11.add(c.mul(x1));
                a21 = a21.add(c.mul(x2));
                a31 = a31.add(c.mul(x3));
                x0 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 8));
                x1 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 10));
                x2 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 12));
                x3 = ShortVector.broadcast(SHORTS, group.get(INPUT, at + 14));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 2 * VECTOR_BYTES, ORDER);
                a00 = a00.add(c.mul(x0));
                a10 = a10.add(c.mul(x1));
                a20 = a20.add(c.mul(x2));
                a30 = a30.add(c.mul(x3));
                c = ShortVector.fromMemorySegment(SHORTS, chunk, w + 3 * VECTOR_BYTES, ORDER);
                a01 = a01.add(c.mul(x0));
                a11 = a11.add(c.mul(x1));
                a21 = a21.add(c.mul(x2));
                a31 = a31.add(c.mul(x3));
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
