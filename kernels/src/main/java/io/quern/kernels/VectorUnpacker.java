package io.quern.kernels;

import static io.quern.kernels.CodePlane.HALF;
import static io.quern.kernels.CodePlane.UNIT;
import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.SHORTS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static io.quern.kernels.VectorIntegerTiles.CODE_BYTES;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import io.quern.kernels.CodePieces.Piece;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;

/**
 * Unpacks the words of a {@link CodePlane}: codes of any width, and written out those of 4, 6 and 8 bits.
 *
 * <p>Words are read in the order of memory. Those of 4 and 6 bits read several before they write: a load waits for
 * every earlier store whose address ends in the same twelve bits, and there are enough stores under way for any
 * address. They take slices of constant length, which leave few checks to each access ({@code compiler.json} has them
 * inlined).
 */
final class VectorUnpacker {
    private static final int UNIT_CODE_BYTES = UNIT / 2 * TILE_WORD_BYTES;
    private static final int NIBBLES = 0x000F000F;
    private static final int LOW = 0xFFFF;

    private VectorUnpacker() {}

    /** As {@link CodePlane#unpack}, any codes. */
    static void unpack(CodePlane plane, MemorySegment data, long at, int inputs, int blockInputs, boolean minimums,
            float[] target, int targetOffset) {
        VectorMask<Float> isMinimum = FLOATS.maskAll(minimums);
        for (int half = 0; half < inputs; half += HALF) {
            int last = targetOffset + ((half / blockInputs + 1) * blockInputs - 1) * TILE_ROWS;
            long unit = at + plane.byteSize(half / UNIT * UNIT);
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
                    for (Piece piece : plane.pieces.get(k / 2)) {
                        code = IntVector.fromMemorySegment(
                                INTS, data, column + (long) piece.word() * TILE_WORD_BYTES, ORDER)
                                .lanewise(LSHR, piece.shift() + (k & 1) * 16)
                                .and(piece.mask())
                                .lanewise(LSHL, piece.power())
                                .or(code);
                    }
                    code.convert(I2F, 0)
                            .reinterpretAsFloats()
                            .sub(zero)
                            .mul(scale)
                            .add(minimum)
                            .intoArray(target, targetOffset + (half + i) * TILE_ROWS + v);
                }
            }
        }
    }

    /**
     * As {@link CodePlane#unpack}, of 8 bits with zero points. A word has four codes: even inputs in its low half, odd
     * ones in its high half.
     */
    static void unpackBytes(
            MemorySegment data, long at, int inputs, int blockInputs, float[] target, int targetOffset) {
        MemorySegment words = data.asSlice(at, (long) inputs * TILE_ROWS);
        for (int block = 0; block < inputs; block += blockInputs) {
            int last = targetOffset + (block + blockInputs - 1) * TILE_ROWS;
            int limit = Math.min(block + blockInputs, inputs);
            for (int k = block; k < limit; k += 4) {
                for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                    FloatVector scale = FloatVector.fromArray(FLOATS, target, last + v);
                    FloatVector zero = FloatVector.fromArray(FLOATS, target, last - TILE_ROWS + v);
                    IntVector word = IntVector.fromMemorySegment(INTS, words, k * (long) TILE_ROWS + v * 4L, ORDER);
                    int to = targetOffset + k * TILE_ROWS + v;
                    word.and(0xFF).convert(I2F, 0).reinterpretAsFloats()
                            .sub(zero).mul(scale).intoArray(target, to);
                    word.lanewise(LSHR, 16).and(0xFF).convert(I2F, 0).reinterpretAsFloats()
                            .sub(zero).mul(scale).intoArray(target, to + TILE_ROWS);
                    word.lanewise(LSHR, 8).and(0xFF).convert(I2F, 0).reinterpretAsFloats()
                            .sub(zero).mul(scale).intoArray(target, to + 2 * TILE_ROWS);
                    word.lanewise(LSHR, 24).convert(I2F, 0).reinterpretAsFloats()
                            .sub(zero).mul(scale).intoArray(target, to + 3 * TILE_ROWS);
                }
            }
        }
    }

    /** As {@link CodePlane#unpackCodes}, any codes. */
    static void unpackCodes(CodePlane plane, MemorySegment data, long at, int inputs, int centre,
            MemorySegment target) {
        short down = (short) centre;
        for (int pair = 0; pair < inputs / 2; pair++) {
            long unit = at + plane.byteSize(2 * pair);
            List<Piece> places = plane.pieces.get(pair % CodePieces.PAIRS);
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                long column = unit + (long) v * Float.BYTES;
                IntVector codes = IntVector.zero(INTS);
                for (Piece piece : places) {
                    codes = IntVector.fromMemorySegment(
                            INTS, data, column + (long) piece.word() * TILE_WORD_BYTES, ORDER)
                            .lanewise(LSHR, piece.shift())
                            .and(piece.mask() << 16 | piece.mask())
                            .lanewise(LSHL, piece.power())
                            .or(codes);
                }
                codes.reinterpretAsShorts().sub(down).intoMemorySegment(target,
                        (pair * TILE_ROWS + v) * 4L, ORDER);
            }
        }
    }

    /**
     * As {@link IntegerTiles#unpackRowPairs}, of 4 bits: rows are paired while four inputs of each are in one word's
     * half.
     */
    static void unpackNibblePairs(
            MemorySegment data, long at, int inputs, int centre, MemorySegment target, MemorySegment starts) {
        ShortVector down = ShortVector.broadcast(SHORTS, (short) centre);
        for (int half = 0; half < inputs / HALF; half++) {
            MemorySegment words = data.asSlice(at + half * 2L * TILE_WORD_BYTES, 2 * TILE_WORD_BYTES);
            MemorySegment codes = target.asSlice(half * (UNIT_CODE_BYTES / 2L), UNIT_CODE_BYTES / 2);
            for (int v = 0; v < 2 * VECTOR_BYTES; v += VECTOR_BYTES) {
                ShortVector start = ShortVector.zero(SHORTS);
                for (int row = 0; row < 2; row++) {
                    int from = row * TILE_WORD_BYTES + 2 * v;
                    int to = row * 4 * TILE_WORD_BYTES + v;
                    IntVector w0 = IntVector.fromMemorySegment(INTS, words, from, ORDER);
                    IntVector w1 = IntVector.fromMemorySegment(INTS, words, from + VECTOR_BYTES, ORDER);
                    IntVector even = w0.and(LOW).or(w1.lanewise(LSHL, 16));
                    IntVector odd = w0.lanewise(LSHR, 16).or(w1.and(~LOW));
                    ShortVector c = even.and(NIBBLES).reinterpretAsShorts().sub(down);
                    ShortVector d = odd.and(NIBBLES).reinterpretAsShorts().sub(down);
                    c.intoMemorySegment(codes, to, ORDER);
                    d.intoMemorySegment(codes, to + CODE_BYTES, ORDER);
                    start = start.sub(c.mul(d));
                    c = even.lanewise(LSHR, 4).and(NIBBLES).reinterpretAsShorts().sub(down);
                    d = odd.lanewise(LSHR, 4).and(NIBBLES).reinterpretAsShorts().sub(down);
                    c.intoMemorySegment(codes, to + TILE_WORD_BYTES, ORDER);
                    d.intoMemorySegment(codes, to + TILE_WORD_BYTES + CODE_BYTES, ORDER);
                    start = start.sub(c.mul(d));
                    c = even.lanewise(LSHR, 8).and(NIBBLES).reinterpretAsShorts().sub(down);
                    d = odd.lanewise(LSHR, 8).and(NIBBLES).reinterpretAsShorts().sub(down);
                    c.intoMemorySegment(codes, to + 2 * TILE_WORD_BYTES, ORDER);
                    d.intoMemorySegment(codes, to + 2 * TILE_WORD_BYTES + CODE_BYTES, ORDER);
                    start = start.sub(c.mul(d));
                    c = even.lanewise(LSHR, 12).and(NIBBLES).reinterpretAsShorts().sub(down);
                    d = odd.lanewise(LSHR, 12).and(NIBBLES).reinterpretAsShorts().sub(down);
                    c.intoMemorySegment(codes, to + 3 * TILE_WORD_BYTES, ORDER);
                    d.intoMemorySegment(codes, to + 3 * TILE_WORD_BYTES + CODE_BYTES, ORDER);
                    start = start.sub(c.mul(d));
                }
                start.intoMemorySegment(starts, half * (long) CODE_BYTES + v, ORDER);
            }
        }
    }

    /** As {@link CodePlane#unpackCodes}, of 6 bits: eight pairs from three words, see {@link CodePieces}. */
    static void unpackSixes(MemorySegment data, long at, int inputs, int centre, MemorySegment target) {
        ShortVector down = ShortVector.broadcast(SHORTS, (short) centre);
        for (int half = 0; half < inputs / HALF; half++) {
            MemorySegment words = data.asSlice(at + half * 3L * TILE_WORD_BYTES, 3 * TILE_WORD_BYTES);
            MemorySegment codes = target.asSlice(half * (UNIT_CODE_BYTES / 2L), UNIT_CODE_BYTES / 2);
            for (int v = 0; v < TILE_WORD_BYTES; v += VECTOR_BYTES) {
                IntVector w0 = IntVector.fromMemorySegment(INTS, words, v, ORDER);
                IntVector w1 = IntVector.fromMemorySegment(INTS, words, v + TILE_WORD_BYTES, ORDER);
                IntVector w2 = IntVector.fromMemorySegment(INTS, words, v + 2 * TILE_WORD_BYTES, ORDER);
                IntVector high = w2.lanewise(LSHR, 8);
                w0.and(0x003F003F).reinterpretAsShorts().sub(down).intoMemorySegment(codes, v, ORDER);
                w0.lanewise(LSHR, 6).and(0x003F003F).reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + TILE_WORD_BYTES, ORDER);
                w1.and(0x003F003F).reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + 2 * TILE_WORD_BYTES, ORDER);
                w1.lanewise(LSHR, 6).and(0x003F003F).reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + 3 * TILE_WORD_BYTES, ORDER);
                w2.and(0x003F003F).reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + 4 * TILE_WORD_BYTES, ORDER);
                w2.lanewise(LSHR, 6).and(0x003F003F).reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + 5 * TILE_WORD_BYTES, ORDER);
                w0.lanewise(LSHR, 12).and(0x000F000F).or(high.and(0x00300030)).reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + 6 * TILE_WORD_BYTES, ORDER);
                w1.lanewise(LSHR, 12).and(0x000F000F).or(high.lanewise(LSHR, 2).and(0x00300030))
                        .reinterpretAsShorts().sub(down)
                        .intoMemorySegment(codes, v + 7 * TILE_WORD_BYTES, ORDER);
            }
        }
    }
}
