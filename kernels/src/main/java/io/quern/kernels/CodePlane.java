package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * How unsigned codes of some bits stand in 32-bit words: 32 inputs of a row take {@code bits} words, {@code
 * [word][TILE_ROWS]}. A code stands inside one word wherever that works; where 30 bits of a word are used up, the two
 * top bits of the unit's words together hold the remaining codes.
 *
 * <p>Where it stands, a code is worth {@code code * 2^shift}; {@link #accumulate} masks and converts it there and has
 * the inverse power of two in the inputs instead ({@link #inputScale()}).
 */
abstract class CodePlane {
    /** Inputs after which the words begin anew. */
    static final int UNIT = 32;

    /** Inputs of the smallest scale block. */
    static final int HALF = 16;

    final int bits;

    /** Word, of the unit's, in which the code of an input stands. */
    final int[] wordOf = new int[UNIT];

    /** Its lowest bit there. */
    final int[] shiftOf = new int[UNIT];

    /** For an input whose code is spread over top bits: the place of each bit, {@code word * 32 + bit}; else null. */
    final int[][] spreadBits = new int[UNIT][];

    /** Factors of the inputs. */
    private final float[] inputScale = new float[UNIT];

    CodePlane(int bits) {
        this.bits = bits;
    }

    /** To be called by the constructor when the places are known. */
    final void placesKnown() {
        for (int k = 0; k < UNIT; k++) {
            inputScale[k] = inputScale(k);
        }
    }

    /** Codes that reach the sign bit, or that are spread, are shifted down by the kernels. */
    float inputScale(int k) {
        int shift = shiftOf[k];
        return spreadBits[k] != null || shift + bits == 32 ? 1 : 1f / (1 << shift);
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

    /** For each input of a unit, the inverse of what its code is worth where it stands. */
    final float[] inputScale() {
        return inputScale;
    }

    /**
     * Sums the products of a chunk, or of a part of a chunk that is one block.
     *
     * @param at byte offset of the codes
     * @param task what they are multiplied with
     * @param x prepared inputs; the first one is {@code x[task.from]}
     * @param blockSums sums of the inputs of every block of the row
     */
    abstract void accumulate(MemorySegment data, long at, float[] x, float[] blockSums, VectorScratch task);

    /** What {@link #accumulate(MemorySegment, long, IntegerInput, VectorScratch)} wants, or null if there is none. */
    IntegerTerms terms() {
        return null;
    }

    /**
     * As the other, with integers.
     *
     * @param x the first input is that of unit {@code task.from / 32}
     */
    void accumulate(MemorySegment data, long at, IntegerInput x, VectorScratch task) {
        throw new IllegalStateException("no integer kernel");
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
        int mask = (1 << bits) - 1;
        VectorMask<Float> isMinimum = FLOATS.maskAll(minimums);
        for (int half = 0; half < inputs; half += HALF) {
            int last = targetOffset + ((half / blockInputs + 1) * blockInputs - 1) * TILE_ROWS;
            long unit = at + byteSize(half / UNIT * UNIT);
            int whole = HALF - spreadCount(half);
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                FloatVector scale = FloatVector.fromArray(FLOATS, target, last + v);
                FloatVector offset = FloatVector.fromArray(FLOATS, target, last - TILE_ROWS + v);
                // x + -0.0 is x for every x, so that one formula serves both kinds to the last bit.
                FloatVector zero = offset.blend(0f, isMinimum);
                FloatVector minimum = offset.blend(-0f, isMinimum.not());
                long column = unit + (long) v * Float.BYTES;
                for (int i = 0; i < whole; i++) {
                    int k = half + i & UNIT - 1;
                    IntVector.fromMemorySegment(INTS, data, column + (long) wordOf[k] * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, shiftOf[k])
                            .and(mask)
                            .convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats()
                            .sub(zero)
                            .mul(scale)
                            .add(minimum)
                            .intoArray(target, targetOffset + (half + i) * TILE_ROWS + v);
                }
                for (int i = whole; i < HALF; i++) {
                    int[] places = spreadBits[half + i & UNIT - 1];
                    IntVector code = IntVector.zero(INTS);
                    for (int bit = 0; bit < bits; bit++) {
                        code = IntVector.fromMemorySegment(
                                INTS, data, column + (long) (places[bit] >> 5) * TILE_WORD_BYTES, ORDER)
                                .lanewise(VectorOperators.LSHR, places[bit] & 31)
                                .and(1)
                                .lanewise(VectorOperators.LSHL, bit)
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

    /** How many codes, the last ones of this half of a unit, are spread. */
    final int spreadCount(int half) {
        int count = 0;
        while (count < HALF && spreadBits[(half & UNIT - 1) + HALF - 1 - count] != null) {
            count++;
        }
        return count;
    }

    /**
     * Writes codes less a centre, inputs in pairs: {@code target[targetOffset + ((k / 2) * TILE_ROWS + lane) * 2 + (k &
     * 1)]}.
     */
    abstract void unpackCodes(MemorySegment data, long at, int inputs, int centre, short[] target, int targetOffset);

    /**
     * Puts codes into words.
     *
     * @param codes eight codes of a row in the bytes of a long, the first in the lowest: {@code [k / 8][TILE_ROWS]}
     * @param words {@code [word][TILE_ROWS]}
     */
    void pack(long[] codes, int inputs, int[] words) {
        Arrays.fill(words, 0, inputs / UNIT * bits * TILE_ROWS, 0);
        for (int k = 0; k < inputs; k++) {
            int unit = k / UNIT * bits * TILE_ROWS;
            int from = k / 8 * TILE_ROWS;
            int byteShift = 8 * (k % 8);
            int[] places = spreadBits[k % UNIT];
            if (places == null) {
                int word = unit + wordOf[k % UNIT] * TILE_ROWS;
                int shift = shiftOf[k % UNIT];
                for (int lane = 0; lane < TILE_ROWS; lane++) {
                    words[word + lane] |= ((int) (codes[from + lane] >>> byteShift) & 0xFF) << shift;
                }
                continue;
            }
            for (int bit = 0; bit < bits; bit++) {
                int word = unit + (places[bit] >> 5) * TILE_ROWS;
                for (int lane = 0; lane < TILE_ROWS; lane++) {
                    words[word + lane] |= ((int) (codes[from + lane] >>> byteShift + bit) & 1) << (places[bit] & 31);
                }
            }
        }
    }
}
