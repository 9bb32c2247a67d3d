package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;

import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * AWQ's words of the gemm layout: lane = word, and eight outputs in it. Sums keep the order of the words,
 * [vector of words][nibble][lane], until the range is done; only the scales, which the file has in the outputs' order,
 * are sorted for each group.
 *
 * <p>From the caches this is as fast as packed weights, from memory half as fast: a range's piece of a row is a quarter
 * of GPTQ's in length. More rows at once, wider ranges and reading a pass ahead did not change that.
 */
final class MappedAwqMatrix extends MappedMatrix {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /** Outputs of a word. */
    private static final int FIELDS = 8;

    /** Output of the word by nibble. */
    private static final int[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    /** Where the nibble of an output stands; over and over, for vectors longer than a word. */
    private static final int[] SHIFTS = shifts(Math.max(FIELDS, FLOAT_LANES));

    /** Lanes of a second word, where outputs in lanes fill more than one. */
    private static final VectorMask<Integer> SECOND_WORD = VectorMask.fromLong(INTS, -1L << FIELDS);

    /** By what a nibble's sum is multiplied, since codes are masked where they stand; the top one is shifted. */
    private static final float[] FACTORS = {1, 0x1p-4f, 0x1p-8f, 0x1p-12f, 0x1p-16f, 0x1p-20f, 0x1p-24f, 1};

    /** Sums of one vector of words. */
    private static final int VECTOR_SUMS = FIELDS * FLOAT_LANES;

    /** Inputs, each a row of the file, that are taken at once: sums are loaded and stored once for all of them. */
    private static final int PASS_INPUTS = 8;

    private final MemorySegment zeroWords;
    private final int rowWords;

    MappedAwqMatrix(AwqWords weights) {
        super(weights, checkedWords(weights),
                checkSize("scales", weights.scaleData(),
                        (long) weights.groupCount() * weights.scaleType().byteSize(weights.rows())),
                zeros(weights), weights.qzeros() == null ? 0 : weights.qzeros().byteSize(), null);
        this.zeroWords = weights.qzeros();
        this.rowWords = rows() / FIELDS;
    }

    private static MemorySegment checkedWords(AwqWords weights) {
        if (weights.rows() % FIELDS != 0 || weights.bits() != 4 || weights.groupIndex() != null) {
            throw new IllegalArgumentException("AWQ words of " + weights.bits() + " bits, " + weights.rows()
                    + " outputs" + (weights.groupIndex() == null ? "" : " and a group index"));
        }
        return checkSize("qweight", weights.qweight(), (long) weights.rows() * weights.columns() / 2);
    }

    private static MappedZeros zeros(AwqWords weights) {
        MemorySegment words = weights.qzeros();
        if (words != null) {
            checkSize("qzeros", words, (long) weights.groupCount() * weights.rows() / 2);
        }
        return new MappedZeros(words, weights.groupCount(), weights.rows(), 4, 0, shifts(FIELDS));
    }

    private static int[] shifts(int length) {
        int[] shifts = new int[length];
        for (int nibble = 0; nibble < length; nibble++) {
            shifts[nibble / FIELDS * FIELDS + ORDER[nibble % FIELDS]] = 4 * (nibble % FIELDS);
        }
        return shifts;
    }

    @Override
    public String layout() {
        return "AWQ words" + (groupCount == 1 ? ", whole rows" : " g" + groupInputs) + ", mapped";
    }

    @Override
    void multiplyRange(
            int fromRow, int rowLimit, VectorActivations.Prepared x, Scratch scratch, float[] y, int yOffset) {
        int firstWord = fromRow / FIELDS;
        int wordLimit = rowLimit / FIELDS;
        if (rowWords < FLOAT_LANES) {
            multiplyTiles(fromRow, rowLimit, x, scratch.vector, y, yOffset);
            return;
        }
        MappedScratch memory = scratch.mapped();
        int vectors = Chunks.ceilDiv(wordLimit - firstWord, FLOAT_LANES);
        Arrays.fill(memory.sums, 0, vectors * VECTOR_SUMS, 0);
        for (int group = 0; group < groupCount; group++) {
            int from = group * groupInputs;
            int limit = Math.min(from + groupInputs, columns());
            Arrays.fill(memory.groupSums, 0, vectors * VECTOR_SUMS, 0);
            for (int k = from; k < limit; k += PASS_INPUTS) {
                addInputs(firstWord, vectors, x.values, k, Math.min(PASS_INPUTS, limit - k), memory.groupSums);
            }
            sortScales(group, firstWord, vectors, memory);
            settle(group, firstWord, vectors, inputSum(x, from, limit), memory);
        }
        for (int v = 0; v < vectors; v++) {
            int first = vectorWord(firstWord, v);
            for (int lane = Math.max(0, firstWord - first); lane < Math.min(FLOAT_LANES, wordLimit - first); lane++) {
                for (int nibble = 0; nibble < FIELDS; nibble++) {
                    y[yOffset + FIELDS * (first + lane) + ORDER[nibble]] =
                            memory.sums[v * VECTOR_SUMS + nibble * FLOAT_LANES + lane];
                }
            }
        }
    }

    /** The first word of a vector: the last one of a row may begin earlier and repeat words, but never goes beyond. */
    private int vectorWord(int firstWord, int vector) {
        return Math.min(firstWord + vector * FLOAT_LANES, rowWords - FLOAT_LANES);
    }

    /** Adds {@code code * x} for some neighbouring inputs. */
    private void addInputs(int firstWord, int vectors, float[] x, int fromColumn, int inputs, float[] sums) {
        for (int v = 0; v < vectors; v++) {
            int at = v * VECTOR_SUMS;
            FloatVector s0 = FloatVector.fromArray(FLOATS, sums, at);
            FloatVector s1 = FloatVector.fromArray(FLOATS, sums, at + FLOAT_LANES);
            FloatVector s2 = FloatVector.fromArray(FLOATS, sums, at + 2 * FLOAT_LANES);
            FloatVector s3 = FloatVector.fromArray(FLOATS, sums, at + 3 * FLOAT_LANES);
            FloatVector s4 = FloatVector.fromArray(FLOATS, sums, at + 4 * FLOAT_LANES);
            FloatVector s5 = FloatVector.fromArray(FLOATS, sums, at + 5 * FLOAT_LANES);
            FloatVector s6 = FloatVector.fromArray(FLOATS, sums, at + 6 * FLOAT_LANES);
            FloatVector s7 = FloatVector.fromArray(FLOATS, sums, at + 7 * FLOAT_LANES);
            long word = 4L * ((long) fromColumn * rowWords + vectorWord(firstWord, v));
            for (int i = 0; i < inputs; i++) {
                IntVector w = IntVector.fromMemorySegment(INTS, words, word + 4L * i * rowWords, LITTLE_ENDIAN);
                FloatVector b = FloatVector.broadcast(FLOATS, x[fromColumn + i]);
                s0 = w.and(0xF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s0);
                s1 = w.and(0xF0).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s1);
                s2 = w.and(0xF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s2);
                s3 = w.and(0xF000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s3);
                s4 = w.and(0xF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s4);
                s5 = w.and(0xF00000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s5);
                s6 = w.and(0xF000000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s6);
                s7 = w.lanewise(VectorOperators.LSHR, 28)
                        .convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b, s7);
            }
            s0.intoArray(sums, at);
            s1.intoArray(sums, at + FLOAT_LANES);
            s2.intoArray(sums, at + 2 * FLOAT_LANES);
            s3.intoArray(sums, at + 3 * FLOAT_LANES);
            s4.intoArray(sums, at + 4 * FLOAT_LANES);
            s5.intoArray(sums, at + 5 * FLOAT_LANES);
            s6.intoArray(sums, at + 6 * FLOAT_LANES);
            s7.intoArray(sums, at + 7 * FLOAT_LANES);
        }
    }

    /** Scales of one group in the order of the sums. */
    private void sortScales(int group, int firstWord, int vectors, MappedScratch memory) {
        int base = Math.min(firstWord, vectorWord(firstWord, vectors - 1));
        int count = vectorWord(firstWord, vectors - 1) + FLOAT_LANES - base;
        scales.decode((long) group * rows() + FIELDS * base, FIELDS * count, memory.scales, 0);
        for (int v = 0; v < vectors; v++) {
            int source = FIELDS * (vectorWord(firstWord, v) - base);
            int target = v * VECTOR_SUMS;
            for (int lane = 0; lane < FLOAT_LANES; lane++) {
                for (int nibble = 0; nibble < FIELDS; nibble++) {
                    memory.others[target + nibble * FLOAT_LANES + lane] =
                            memory.scales[source + lane * FIELDS + ORDER[nibble]];
                }
            }
        }
    }

    /** {@code sums += scale * (group's sum - zero * sum of the group's inputs)}. */
    private void settle(int group, int firstWord, int vectors, float inputSum, MappedScratch memory) {
        for (int v = 0; v < vectors; v++) {
            long zero = zeros.byteOffset(group, FIELDS * vectorWord(firstWord, v));
            IntVector fields = zeros.symmetric()
                    ? IntVector.broadcast(INTS, 0x88888888)
                    : IntVector.fromMemorySegment(INTS, zeroWords, zero, LITTLE_ENDIAN);
            for (int nibble = 0; nibble < FIELDS; nibble++) {
                int at = v * VECTOR_SUMS + nibble * FLOAT_LANES;
                FloatVector.fromArray(FLOATS, memory.groupSums, at)
                        .fma(
                                FloatVector.broadcast(FLOATS, FACTORS[nibble]),
                                fields.lanewise(VectorOperators.LSHR, 4 * nibble)
                                        .and(15)
                                        .convert(VectorOperators.I2F, 0)
                                        .reinterpretAsFloats()
                                        .mul(-inputSum))
                        .fma(
                                FloatVector.fromArray(FLOATS, memory.others, at),
                                FloatVector.fromArray(FLOATS, memory.sums, at))
                        .intoArray(memory.sums, at);
            }
        }
    }

    /** For matrices of fewer outputs than a vector of words has: by tiles, unpacked. */
    private void multiplyTiles(
            int fromRow, int rowLimit, VectorActivations.Prepared x, VectorScratch scratch, float[] y, int yOffset) {
        for (int row = fromRow; row < rowLimit; row += TILE_ROWS) {
            Arrays.fill(scratch.sums, 0);
            for (int from = 0; from < columns(); from += Chunks.INPUTS) {
                int inputs = Math.min(Chunks.INPUTS, columns() - from);
                unpackTile(row / TILE_ROWS, from, inputs, scratch.weights, 0);
                UnpackedProduct.accumulate(scratch.weights, inputs, x.values, from, scratch.sums);
            }
            System.arraycopy(scratch.sums, 0, y, yOffset + row, Math.min(TILE_ROWS, rowLimit - row));
        }
    }

    @Override
    void unpackInputs(int tile, int fromColumn, int inputs, float[] scale, int scaleAt, float[] zero, int zeroAt,
            float[] target, int targetOffset) {
        for (int lane = 0; lane < TILE_ROWS; lane += FLOAT_LANES) {
            int row = tile * TILE_ROWS + lane;
            if (row >= rows()) {
                for (int i = 0; i < inputs; i++) {
                    FloatVector.zero(FLOATS).intoArray(target, targetOffset + i * TILE_ROWS + lane);
                }
                continue;
            }
            boolean two = isTwoWords(row);
            FloatVector s = FloatVector.fromArray(FLOATS, scale, scaleAt + lane);
            FloatVector z = FloatVector.fromArray(FLOATS, zero, zeroAt + lane);
            IntVector shifts = IntVector.fromArray(INTS, SHIFTS, lane % SHIFTS.length);
            for (int i = 0; i < inputs; i++) {
                long at = at(fromColumn + i, row);
                IntVector w = IntVector.broadcast(INTS, words.get(I32, at));
                if (two) {
                    w = w.blend(words.get(I32, at + Integer.BYTES), SECOND_WORD);
                }
                w.lanewise(VectorOperators.LSHR, shifts)
                        .and(15)
                        .convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .sub(z)
                        .mul(s)
                        .intoArray(target, targetOffset + i * TILE_ROWS + lane);
            }
        }
    }

    @Override
    public void unpackCodes(int tile, int fromColumn, int columnCount, MemorySegment target, int targetOffset) {
        int end = targetOffset + Chunks.padded(columnCount) * TILE_ROWS;
        clear(target, targetOffset + columnCount / 2 * 2 * TILE_ROWS, end);
        for (int lane = 0; lane < TILE_ROWS; lane += FLOAT_LANES) {
            int row = tile * TILE_ROWS + lane;
            boolean two = isTwoWords(row);
            IntVector shifts = IntVector.fromArray(INTS, SHIFTS, lane % SHIFTS.length);
            for (int i = 0; i < columnCount; i += 2) {
                if (row >= rows()) {
                    IntVector.zero(INTS).reinterpretAsShorts()
                            .intoMemorySegment(target, 2L * (targetOffset + i * TILE_ROWS + 2 * lane),
                                    CpuConstants.ORDER);
                    continue;
                }
                long at = at(fromColumn + i, row);
                long next = i + 1 < columnCount ? at + 4L * rowWords : at;
                IntVector even = IntVector.broadcast(INTS, words.get(I32, at));
                IntVector odd = IntVector.broadcast(INTS, words.get(I32, next));
                if (two) {
                    even = even.blend(words.get(I32, at + Integer.BYTES), SECOND_WORD);
                    odd = odd.blend(words.get(I32, next + Integer.BYTES), SECOND_WORD);
                }
                odd.lanewise(VectorOperators.LSHR, shifts)
                        .and(15)
                        .lanewise(VectorOperators.LSHL, 16)
                        .or(even.lanewise(VectorOperators.LSHR, shifts).and(15))
                        .reinterpretAsShorts()
                        .sub((short) centre())
                        .intoMemorySegment(target, 2L * (targetOffset + i * TILE_ROWS + 2 * lane), CpuConstants.ORDER);
            }
        }
    }

    /** Whether a vector of outputs that begins at this one takes a second word. */
    private boolean isTwoWords(int row) {
        return FLOAT_LANES > FIELDS && row + FIELDS < rows();
    }

    private long at(int column, int row) {
        return 4L * ((long) column * rowWords + row / FIELDS);
    }
}
