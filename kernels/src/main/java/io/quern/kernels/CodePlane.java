package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.SHORTS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import io.quern.kernels.CodePieces.Piece;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

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
            unpackBytes(data, at, inputs, blockInputs, target, targetOffset);
            return;
        }
        VectorMask<Float> isMinimum = FLOATS.maskAll(minimums);
        for (int half = 0; half < inputs; half += HALF) {
            int last = targetOffset + ((half / blockInputs + 1) * blockInputs - 1) * TILE_ROWS;
            long unit = at + byteSize(half / UNIT * UNIT);
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                FloatVector scale = FloatVector.fromArray(FLOATS, target, last + v);
                FloatVector offset = FloatVector.fromArray(FLOATS, target, last - TILE_ROWS + v);
                // x + -0.0 is x for every x, so that one formula serves both kinds to the last bit.
                FloatVector zero = offset.blend(0f, isMinimum);
                FloatVector minimum = offset.blend(-0f, isMinimum.not());
                long column = unit + (long) v * Float.BYTES;
                for (int i = 0; i < HALF; i++) {
                    int k = half + i & UNIT - 1;
                    IntVector code = IntVector.zero(INTS);
                    for (Piece piece : pieces.get(k / 2)) {
                        code = IntVector.fromMemorySegment(
                                INTS, data, column + (long) piece.word() * TILE_WORD_BYTES, ORDER)
                                .lanewise(VectorOperators.LSHR, piece.shift() + (k & 1) * 16)
                                .and(piece.mask())
                                .lanewise(VectorOperators.LSHL, piece.power())
                                .or(code);
                    }
                    code.convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats()
                            .sub(zero)
                            .mul(scale)
                            .add(minimum)
                            .intoArray(target, targetOffset + (half + i) * TILE_ROWS + v);
                }
            }
        }
    }

    /** The same with zero points, four codes from each word: even inputs in its low half, odd ones in its high half. */
    private static void unpackBytes(
            MemorySegment data, long at, int inputs, int blockInputs, float[] target, int targetOffset) {
        for (int block = 0; block < inputs; block += blockInputs) {
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                int last = targetOffset + (block + blockInputs - 1) * TILE_ROWS + v;
                FloatVector scale = FloatVector.fromArray(FLOATS, target, last);
                FloatVector zero = FloatVector.fromArray(FLOATS, target, last - TILE_ROWS);
                for (int k = block; k < Math.min(block + blockInputs, inputs); k += 4) {
                    IntVector word = IntVector.fromMemorySegment(
                            INTS, data, at + k / 4 * (long) TILE_WORD_BYTES + (long) v * Float.BYTES, ORDER);
                    int to = targetOffset + k * TILE_ROWS + v;
                    word.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats()
                            .sub(zero).mul(scale).intoArray(target, to);
                    word.lanewise(VectorOperators.LSHR, 16).and(0xFF).convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats().sub(zero).mul(scale).intoArray(target, to + TILE_ROWS);
                    word.lanewise(VectorOperators.LSHR, 8).and(0xFF).convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats().sub(zero).mul(scale).intoArray(target, to + 2 * TILE_ROWS);
                    word.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats().sub(zero).mul(scale).intoArray(target, to + 3 * TILE_ROWS);
                }
            }
        }
    }

    /**
     * Writes codes less a centre, inputs in pairs: {@code target[targetOffset + ((k / 2) * TILE_ROWS + lane) * 2 + (k &
     * 1)]}.
     */
    void unpackCodes(MemorySegment data, long at, int inputs, int centre, MemorySegment target, int targetOffset) {
        if (bits == 4) {
            unpackNibbles(data, at, inputs, centre, target, targetOffset);
            return;
        }
        short down = (short) centre;
        for (int pair = 0; pair < inputs / 2; pair++) {
            long unit = at + byteSize(2 * pair);
            List<Piece> places = pieces.get(pair % CodePieces.PAIRS);
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                long column = unit + (long) v * Float.BYTES;
                IntVector codes = IntVector.zero(INTS);
                for (Piece piece : places) {
                    codes = IntVector.fromMemorySegment(
                            INTS, data, column + (long) piece.word() * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, piece.shift())
                            .and(piece.mask() << 16 | piece.mask())
                            .lanewise(VectorOperators.LSHL, piece.power())
                            .or(codes);
                }
                codes.reinterpretAsShorts().sub(down).intoMemorySegment(target,
                        2L * (targetOffset + (pair * TILE_ROWS + v) * 2), ORDER);
            }
        }
    }

    /** Four pairs from each word. */
    private static void unpackNibbles(
            MemorySegment data, long at, int inputs, int centre, MemorySegment target, int targetOffset) {
        ShortVector down = ShortVector.broadcast(SHORTS, (short) centre);
        IntVector mask = IntVector.broadcast(INTS, 0x000F000F);
        for (int vector = 0; vector < inputs / 8 * 4; vector++) {
            IntVector word = IntVector.fromMemorySegment(INTS, data, at + (long) vector * VECTOR_BYTES, ORDER);
            long to = 2L * targetOffset + (vector / 4 * 4L * TILE_WORD_BYTES) + (vector & 3) * VECTOR_BYTES;
            word.and(mask).reinterpretAsShorts().sub(down).intoMemorySegment(target, to, ORDER);
            word.lanewise(VectorOperators.LSHR, 4)
                    .and(mask)
                    .reinterpretAsShorts()
                    .sub(down)
                    .intoMemorySegment(target, to + TILE_WORD_BYTES, ORDER);
            word.lanewise(VectorOperators.LSHR, 8)
                    .and(mask)
                    .reinterpretAsShorts()
                    .sub(down)
                    .intoMemorySegment(target, to + 2 * TILE_WORD_BYTES, ORDER);
            word.lanewise(VectorOperators.LSHR, 12)
                    .and(mask)
                    .reinterpretAsShorts()
                    .sub(down)
                    .intoMemorySegment(target, to + 3 * TILE_WORD_BYTES, ORDER);
        }
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
