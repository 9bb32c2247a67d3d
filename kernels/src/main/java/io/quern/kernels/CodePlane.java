package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import io.quern.kernels.CodePieces.Piece;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Unsigned codes of 2 to 8 bits in 32-bit words: 32 inputs of a row take {@code bits} words, {@code [word][TILE_ROWS]}.
 * {@link CodePieces} says where in them.
 */
class CodePlane {
    /** Inputs after which the words begin anew. */
    static final int UNIT = 32;

    /** Inputs of the smallest scale block. */
    static final int HALF = 16;

    /** Codes of more bits would leave the integers too few. */
    private static final int MOST_INTEGER_BITS = 6;

    private static final CodePlane[] PLANES = {
        null, null, new CodePlane(2), new CodePlane(3), new CodePlane(4), new CodePlane(5), new CodePlane(6), null,
        new CodePlane(8)
    };

    final int bits;

    final List<List<Piece>> pieces;

    private final CodePacker packer;
    private final FloatTerms floatTerms;
    private final IntegerTerms integerTerms;

    CodePlane(int bits) {
        this.bits = bits;
        this.pieces = CodePieces.of(bits);
        this.packer = new CodePacker(bits, pieces);
        this.floatTerms = new FloatTerms(pieces);
        this.integerTerms = bits <= MOST_INTEGER_BITS ? new IntegerTerms(pieces) : null;
    }

    /** The plane for codes of so many bits. 7 take the room of 8. Null if there is none. */
    static CodePlane of(int bits) {
        return bits > 8 ? null : PLANES[bits == 7 ? 8 : bits];
    }

    /** "int4". */
    String description() {
        return "int" + bits;
    }

    /** Bytes of the codes of so many inputs of a tile. */
    final long byteSize(int inputs) {
        return (long) inputs / UNIT * bits * TILE_WORD_BYTES;
    }

    /** The largest code; the smallest is 0. */
    int maximumCode() {
        return (1 << bits) - 1;
    }

    /** How {@link #accumulate(MemorySegment, long, float[], float[], VectorScratch)} wants its inputs. */
    FloatTerms floatTerms() {
        return floatTerms;
    }

    /**
     * How {@link #accumulate(MemorySegment, long, IntegerInput, VectorScratch)} wants them; null if it has no kernel.
     */
    IntegerTerms integerTerms() {
        return integerTerms;
    }

    /**
     * Sums the products of a chunk, or of a part of a chunk that is one block.
     *
     * @param at byte offset of the codes
     * @param values prepared inputs of the whole row
     * @param blockSums sums of the inputs of every block of the row
     * @param task what they are multiplied with
     */
    void accumulate(MemorySegment data, long at, float[] values, float[] blockSums, VectorScratch task) {
        FloatPlaneProduct.accumulate(data, at, byteSize(UNIT), floatTerms, values, blockSums, task);
    }

    /** As the other, with integers. */
    final void accumulate(MemorySegment data, long at, IntegerInput x, VectorScratch task) {
        if (bits == 4) {
            IntegerCodes4.accumulate(data, at, TILE_WORD_BYTES, x, task);
        } else if (bits == 6) {
            IntegerCodes6.accumulate(data, at, x, task);
        } else {
            IntegerPlaneProduct.accumulate(data, at, byteSize(UNIT), integerTerms, x, task);
        }
    }

    /**
     * {@code target[targetOffset + k * TILE_ROWS + lane] = weight}. Scales and offsets of a block are expected in the
     * last and the last but one row of the block in the target: no other memory is needed, and each is read before it
     * is overwritten.
     *
     * @param at byte offset of the codes of input 0
     * @param blockInputs inputs of a block, a multiple of 16
     * @param minimums what the offsets are: minimums or zero points
     */
    void unpack(MemorySegment data, long at, int inputs, int blockInputs, boolean minimums, float[] target,
            int targetOffset) {
        if (bits == 8 && !minimums) {
            VectorUnpacker.unpackBytes(data, at, inputs, blockInputs, target, targetOffset);
        } else {
            VectorUnpacker.unpack(this, data, at, inputs, blockInputs, minimums, target, targetOffset);
        }
    }

    /**
     * Writes codes less a centre, inputs in pairs: {@code target[targetOffset + ((k / 2) * TILE_ROWS + lane) * 2 + (k &
     * 1)]}.
     */
    void unpackCodes(MemorySegment data, long at, int inputs, int centre, MemorySegment target, int targetOffset) {
        MemorySegment codes = target.asSlice(2L * targetOffset, 2L * inputs * TILE_ROWS);
        if (bits == 6) {
            VectorUnpacker.unpackSixes(data, at, inputs, centre, codes);
        } else {
            VectorUnpacker.unpackCodes(this, data, at, inputs, centre, codes);
        }
    }

    /** Whether {@link VectorUnpacker#unpackNibblePairs} is for these codes. */
    boolean hasNibbles() {
        return bits == 4;
    }

    /**
     * Puts codes into words.
     *
     * @param codes eight codes of a row in the bytes of a long, the first in the lowest: {@code [k / 8][TILE_ROWS]};
     *     they are lost
     * @param words {@code [word][TILE_ROWS]}
     */
    final void pack(long[] codes, int inputs, int[] words) {
        packer.pack(codes, inputs, words);
    }
}
