package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * How unsigned codes of some bits stand in 32-bit words: 32 inputs of a row take {@code bits} words, {@code [word][TILE_ROWS]}.
 * A code stands inside one word wherever that works; where 30 bits of a word are used up, the two top bits of the unit's words
 * together hold the remaining codes.
 *
 * <p>Where it stands, a code is worth {@code code * 2^shift}; {@link #accumulate} masks and converts it there and has the
 * inverse power of two in the inputs instead ({@link #scaleInputs}).
 */
abstract class CodePlane {
    /** Inputs after which the words begin anew. */
    static final int UNIT = 32;

    final int bits;

    /** Word, of the unit's, in which the code of an input stands. */
    final int[] wordOf = new int[UNIT];

    /** Its lowest bit there, or -1 if it is spread over top bits. */
    final int[] shiftOf = new int[UNIT];

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
        return shift < 0 || shift + bits == 32 ? 1 : 1f / (1 << shift);
    }

    /** "int4". */
    String description() {
        return "int" + bits;
    }

    /** Bytes of the codes of so many inputs of a tile. */
    final long byteSize(int inputs) {
        return (long) inputs / UNIT * bits * TILE_WORD_BYTES;
    }

    /** Codes that {@link #unpackCodes} gives are at least this, plus the centre's negative. */
    int maximumCode() {
        return (1 << bits) - 1;
    }

    /** Copies inputs, each multiplied by the inverse of what its code is worth where it stands. */
    final void scaleInputs(float[] x, int xOffset, int count, float[] target) {
        for (int k = 0; k < count; k += FLOAT_LANES) {
            FloatVector.fromArray(FLOATS, x, xOffset + k)
                    .mul(FloatVector.fromArray(FLOATS, inputScale, k & UNIT - 1))
                    .intoArray(target, k);
        }
    }

    /**
     * {@code sums[lane] += scales[scaleOffset + b * TILE_ROWS + lane] * sum of code[k][lane] * x[k]} over the inputs of every
     * block b.
     *
     * @param at byte offset of the codes of input 0
     * @param x from {@link #scaleInputs}
     */
    abstract void accumulate(MemorySegment data, long at, int inputs, int blockInputs, float[] x, float[] scales, float[] sums);

    /**
     * {@code target[targetOffset + k * TILE_ROWS + lane] = weight}. Scales and offsets of a block are expected in the last and
     * the last but one row of the block in the target: no other memory is needed, and each is read before it is overwritten.
     *
     * @param at byte offset of the codes of input 0
     * @param blockInputs inputs of a block, a multiple of 16
     * @param minimums what the offsets are: minimums or zero points
     */
    void unpack(MemorySegment data, long at, int inputs, int blockInputs, boolean minimums, float[] target, int targetOffset) {
        int mask = (1 << bits) - 1;
        VectorMask<Float> isMinimum = FLOATS.maskAll(minimums);
        for (int half = 0; half < inputs; half += 16) {
            int last = targetOffset + ((half / blockInputs + 1) * blockInputs - 1) * TILE_ROWS;
            long unit = at + byteSize(half / UNIT * UNIT);
            for (int v = 0; v < 4; v++) {
                FloatVector scale = FloatVector.fromArray(FLOATS, target, last + v * FLOAT_LANES);
                FloatVector offset = FloatVector.fromArray(FLOATS, target, last - TILE_ROWS + v * FLOAT_LANES);
                // x + -0.0 is x for every x, so that one formula serves both kinds to the last bit.
                FloatVector zero = offset.blend(0f, isMinimum);
                FloatVector minimum = offset.blend(-0f, isMinimum.not());
                int spread = 0;
                for (int i = 0; i < 16; i++) {
                    int k = half + i & UNIT - 1;
                    if (shiftOf[k] < 0) {
                        spread++;
                        continue;
                    }
                    IntVector code = IntVector.fromMemorySegment(INTS, data,
                                    unit + (long) wordOf[k] * TILE_WORD_BYTES + (long) v * VECTOR_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, shiftOf[k])
                            .and(mask);
                    ((FloatVector) code.convert(VectorOperators.I2F, 0))
                            .sub(zero)
                            .mul(scale)
                            .add(minimum)
                            .intoArray(target, targetOffset + (half + i) * TILE_ROWS + v * FLOAT_LANES);
                }
                for (int i = 16 - spread; i < 16; i++) {
                    IntVector code = IntVector.zero(INTS);
                    for (int w = 0; w < spreadWords(); w++) {
                        code = IntVector.fromMemorySegment(INTS, data,
                                        unit + (long) (spreadFrom(half) + w) * TILE_WORD_BYTES + (long) v * VECTOR_BYTES, ORDER)
                                .lanewise(VectorOperators.LSHR, 30)
                                .lanewise(VectorOperators.LSHL, 2 * w)
                                .or(code);
                    }
                    ((FloatVector) code.lanewise(VectorOperators.LSHR, bits * (i - (16 - spread)))
                                    .and(mask)
                                    .convert(VectorOperators.I2F, 0))
                            .sub(zero)
                            .mul(scale)
                            .add(minimum)
                            .intoArray(target, targetOffset + (half + i) * TILE_ROWS + v * FLOAT_LANES);
                }
            }
        }
    }

    /** Words whose top bits hold the spread codes of a unit, or of half a unit. */
    int spreadWords() {
        return 0;
    }

    /** The first of them, for the half of a unit in which this input is. */
    int spreadFrom(int input) {
        return 0;
    }

    /**
     * Writes codes less a centre, inputs in pairs: {@code target[targetOffset + ((k / 2) * TILE_ROWS + lane) * 2 + (k & 1)]}.
     */
    abstract void unpackCodes(MemorySegment data, long at, int inputs, int centre, short[] target, int targetOffset);

    /**
     * Puts codes into words.
     *
     * @param codes eight codes of a row in the bytes of a long, the first in the lowest: {@code [k / 8][TILE_ROWS]}
     * @param words {@code [word][TILE_ROWS]}
     */
    void pack(long[] codes, int inputs, int[] words) {
        java.util.Arrays.fill(words, 0, inputs / UNIT * bits * TILE_ROWS, 0);
        for (int k = 0; k < inputs; k++) {
            int unitWord = k / UNIT * bits;
            int shift = shiftOf[k % UNIT];
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                int code = (int) (codes[k / 8 * TILE_ROWS + lane] >>> 8 * (k % 8)) & 0xFF;
                if (shift >= 0) {
                    words[(unitWord + wordOf[k % UNIT]) * TILE_ROWS + lane] |= code << shift;
                } else {
                    spread(words, unitWord + spreadFrom(k), spreadIndex(k % UNIT), code, lane);
                }
            }
        }
    }

    private int spreadIndex(int k) {
        int index = 0;
        for (int i = k - 1; i >= 0 && shiftOf[i] < 0; i--) {
            index++;
        }
        return index;
    }

    private void spread(int[] words, int firstWord, int index, int code, int lane) {
        int value = code << bits * index;
        for (int w = 0; w < spreadWords(); w++) {
            words[(firstWord + w) * TILE_ROWS + lane] |= (value >>> 2 * w & 3) << 30;
        }
    }
}
