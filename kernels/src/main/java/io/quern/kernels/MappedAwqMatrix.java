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
 * <p>Fast where a range is whole rows of the file. Pieces of rows, which several processors take, are short streams
 * for the memory: half rows come at half to three quarters of the speed, in whatever order.
 *
 * <p>A few lines longer than most files here: products and unpacking go by the same places of the nibbles.
 */
final class MappedAwqMatrix extends MappedMatrix {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /** Outputs of a word. */
    static final int FIELDS = 8;

    /** Output of the word by nibble. */
    static final int[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    /** Where the nibble of an output stands; over and over, for vectors longer than a word. */
    private static final int[] SHIFTS = shifts(Math.max(FIELDS, FLOAT_LANES));

    /** Lanes of a second word, where outputs in lanes fill more than one. */
    private static final VectorMask<Integer> SECOND_WORD = VectorMask.fromLong(INTS, -1L << FIELDS);

    /** What {@link AwqFloats4#FACTORS} are for sums of integers. */
    private static final float[] ONES = {1, 1, 1, 1, 1, 1, 1, 1};

    /** Inputs of one scale of the integers. */
    private static final int BLOCK_INPUTS = BlockQuantizer.HALF;

    /** Most outputs of a range: whole rows of the file, where there is one processor, are read from end to end. */
    private static final int RANGE_ROWS = 16 << 10;

    /** Sums of one vector of words. */
    private static final int VECTOR_SUMS = FIELDS * FLOAT_LANES;

    private final MemorySegment zeroWords;
    private final int rowWords;
    private final AwqScales sorter;

    /** Null where there is no integer kernel. */
    private final InputForm integerForm;

    MappedAwqMatrix(AwqWords weights) {
        super(weights, checkedWords(weights),
                checkSize("scales", weights.scaleData(),
                        (long) weights.groupCount() * weights.scaleType().byteSize(weights.rows())),
                zeros(weights), weights.qzeros() == null ? 0 : weights.qzeros().byteSize(), null, RANGE_ROWS);
        this.zeroWords = weights.qzeros();
        this.rowWords = rows() / FIELDS;
        this.sorter = new AwqScales(scales);
        boolean wholeBlocks = columns() % BLOCK_INPUTS == 0 && groupInputs % BLOCK_INPUTS == 0;
        this.integerForm = wholeBlocks && rowWords >= FLOAT_LANES && CpuConstants.ORDER == LITTLE_ENDIAN
                ? new InputForm(null, groupInputs, null, new InputForm.Integers(null, centre()))
                : null;
    }

    @Override
    InputForm integerForm() {
        return integerForm;
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
        memory.reserveOutputs(tileRows());
        int vectors = Chunks.ceilDiv(wordLimit - firstWord, FLOAT_LANES);
        Arrays.fill(memory.sums, 0, vectors * VECTOR_SUMS, 0);
        for (int group = 0; group < groupCount; group++) {
            int from = group * groupInputs;
            int limit = Math.min(from + groupInputs, columns());
            Arrays.fill(memory.groupSums, 0, vectors * VECTOR_SUMS, 0);
            sortScales(group, firstWord, vectors, memory);
            if (x.isInteger()) {
                addIntegers(firstWord, vectors, from, limit, x.integers, memory);
                settle(group, firstWord, vectors, x.integers.sums[group], ONES, centre(), memory);
            } else {
                addFloats(firstWord, vectors, from, limit, x.values, memory.groupSums);
                settle(group, firstWord, vectors, inputSum(x, from, limit), AwqFloats4.FACTORS, 0, memory);
            }
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

    private void addFloats(int firstWord, int vectors, int from, int limit, float[] x, float[] sums) {
        int whole = wholeVectors(firstWord, vectors);
        for (int k = from; k < limit; k += AwqFloats4.INPUTS) {
            int inputs = Math.min(AwqFloats4.INPUTS, limit - k);
            AwqFloats4.add(words, at(k, firstWord), 4L * rowWords, whole, x, k, inputs, sums, 0);
            if (whole < vectors) {
                long last = at(k, rowWords - FLOAT_LANES);
                AwqFloats4.add(words, last, 4L * rowWords, 1, x, k, inputs, sums, whole * VECTOR_SUMS);
            }
        }
    }

    /**
     * A block is added in two passes. Where whole rows are read these are its even and its odd inputs: two rows that
     * share a page and are read side by side come from memory at two thirds of the speed. Pieces of rows are short, and
     * each page of them is better read once.
     */
    private void addIntegers(
            int firstWord, int vectors, int from, int limit, IntegerInput x, MappedScratch memory) {
        int whole = wholeVectors(firstWord, vectors);
        int step = vectors * FLOAT_LANES >= rowWords ? BLOCK_INPUTS / AwqIntegers4.INPUTS : 1;
        long stepBytes = 4L * step * rowWords;
        int next = step == 1 ? AwqIntegers4.INPUTS : 1;
        for (int block = from; block < limit; block += BLOCK_INPUTS) {
            for (int pass = 0; pass < BLOCK_INPUTS / AwqIntegers4.INPUTS; pass++) {
                int k = block + pass * next;
                AwqIntegers4.add(words, at(k, firstWord), stepBytes, whole, x.factors, k, step, memory.blockSums, 0);
                if (whole < vectors) {
                    AwqIntegers4.add(words, at(k, rowWords - FLOAT_LANES), stepBytes, 1, x.factors, k, step,
                            memory.blockSums, whole * VECTOR_SUMS);
                }
            }
            int half = block / BLOCK_INPUTS;
            AwqIntegers4.endBlock(memory.blockSums, vectors, x.starts[half], x.scales[half], memory.groupSums);
        }
    }

    /** Vectors that do not go beyond the row: all, or all but the last. */
    private int wholeVectors(int firstWord, int vectors) {
        return Math.min(vectors, (rowWords - firstWord) / FLOAT_LANES);
    }

    /** Scales of one group in the order of the sums. */
    private void sortScales(int group, int firstWord, int vectors, MappedScratch memory) {
        int whole = wholeVectors(firstWord, vectors);
        long groupScale = (long) group * rows();
        sorter.sort(groupScale + FIELDS * firstWord, whole, memory, 0);
        if (whole < vectors) {
            sorter.sort(groupScale + FIELDS * (rowWords - FLOAT_LANES), 1, memory, whole * VECTOR_SUMS);
        }
    }

    /** {@code sums += scale * (factor * group's sum - (zero - centre) * sum of the group's inputs)}. */
    private void settle(int group, int firstWord, int vectors, float inputSum, float[] factors, int centre,
            MappedScratch memory) {
        IntVector middle = IntVector.broadcast(INTS, 0x88888888);
        boolean symmetric = zeros.symmetric();
        FloatVector minusSum = FloatVector.broadcast(FLOATS, -inputSum);
        for (int v = 0; v < vectors; v++) {
            IntVector fields = symmetric
                    ? middle
                    : IntVector.fromMemorySegment(INTS, zeroWords,
                            zeros.byteOffset(group, FIELDS * vectorWord(firstWord, v)), LITTLE_ENDIAN);
            for (int nibble = 0; nibble < FIELDS; nibble++) {
                int at = v * VECTOR_SUMS + nibble * FLOAT_LANES;
                fields.lanewise(VectorOperators.LSHR, 4 * nibble)
                        .and(15)
                        .sub(centre)
                        .convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .fma(
                                minusSum,
                                FloatVector.fromArray(FLOATS, memory.groupSums, at).mul(factors[nibble]))
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
                long at = at(fromColumn + i, row / FIELDS);
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
                long at = at(fromColumn + i, row / FIELDS);
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

    /** Byte offset of a word. */
    private long at(int column, int word) {
        return 4L * ((long) column * rowWords + word);
    }
}
