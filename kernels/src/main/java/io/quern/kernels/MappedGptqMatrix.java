package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * GPTQ's words of 4 or 8 bits: lane = output, and eight or four inputs of it in a word.
 *
 * <p>Act-order gives every input of a word a group of its own. No order of the inputs helps, for the words are as they
 * are; so each product is multiplied by its own scale, from a table of all groups' scales that is decoded once a range,
 * and the zero points are settled with the sums of each group's inputs. That is one more multiplication and load for
 * each weight.
 */
final class MappedGptqMatrix extends MappedMatrix {
    /** Rows and columns are multiples of this. */
    private static final int WORD_MULTIPLE = 32;

    /** Most outputs of a range. */
    private static final int RANGE_ROWS = 2048;

    /** Floats of a table of scales: a share of the second-level cache. */
    private static final int TABLE_FLOATS = 64 << 10;

    /**
     * Rows of words that are taken at once. One row alone is a short stream: its piece of a range ends when the
     * processor has just begun to read ahead. Of one and of eight rows, from memory: 9 and 18 GMAC/s.
     */
    private static final int PASS_WORDS = 8;

    /** A word's lowest nibbles are the first four inputs in its low half and the other four in its high half. */
    private static final int[] PAIRS = {0, 4, 1, 5, 2, 6, 3, 7};

    /** Null where there is no integer kernel. */
    private final InputForm integerForm;

    private final GptqFields fields;
    private final float[] factors;
    private final long rowBytes;
    private final int passInputs;

    MappedGptqMatrix(GptqWords weights) {
        super(weights, checkedWords(weights),
                checkSize("scales", weights.scaleData(),
                        (long) weights.groupCount() * weights.scaleType().byteSize(weights.rows())),
                zeros(weights), weights.qzeros().byteSize(), groupIndex(weights), RANGE_ROWS);
        this.fields = GptqFields.of(bits);
        this.rowBytes = 4L * rows();
        this.passInputs = PASS_WORDS * fields.wordInputs;
        this.factors = new float[Math.max(32 / bits, FLOAT_LANES)];
        for (int k = 0; k < factors.length; k++) {
            factors[k] = fields.factor(k);
        }
        this.integerForm = formOfWords();
    }

    /** The words of four bits are those of {@link CodePlane}, with inputs in another order and rows further apart. */
    private InputForm formOfWords() {
        if (bits != 4 || groupIndex != null || rows() < TILE_ROWS || ORDER != LITTLE_ENDIAN) {
            return null;
        }
        InputForm.Integers integers = new InputForm.Integers(CodePlane.of(4).integerTerms(), centre());
        return new InputForm(InputOrder.repeating(PAIRS, columns()), groupInputs, null, integers);
    }

    @Override
    InputForm integerForm() {
        return integerForm;
    }

    private static MemorySegment checkedWords(GptqWords weights) {
        if (weights.rows() % WORD_MULTIPLE != 0 || weights.columns() % WORD_MULTIPLE != 0) {
            throw new IllegalArgumentException(
                    weights.rows() + " x " + weights.columns() + " are not multiples of " + WORD_MULTIPLE);
        }
        return checkSize("qweight", weights.qweight(), (long) weights.rows() * weights.columns() * weights.bits() / 8);
    }

    private static MappedZeros zeros(GptqWords weights) {
        int bits = weights.bits();
        MemorySegment words = checkSize(
                "qzeros", weights.qzeros(), (long) weights.groupCount() * weights.rows() * bits / 8);
        int[] shifts = new int[32 / bits];
        for (int i = 0; i < shifts.length; i++) {
            shifts[i] = i * bits;
        }
        // One subtraction a word, borrows and all, is how version 1 stores zero points.
        int plus = weights.zerosLessOne() ? GptqFields.oneInEveryField(bits) : 0;
        return new MappedZeros(words, weights.groupCount(), weights.rows(), bits, plus, shifts);
    }

    /** A word must lie in one group; where it does not, without act-order, groups are treated alike. */
    private static int[] groupIndex(GptqWords weights) {
        if (weights.groupIndex() != null || weights.groupCount() == 1 || weights.groupSize() % Chunks.PADDING == 0) {
            return weights.groupIndex();
        }
        int[] index = new int[weights.columns()];
        Arrays.setAll(index, k -> k / weights.groupSize());
        return index;
    }

    @Override
    public String layout() {
        String groups = groupIndex == null ? groupCount == 1 ? ", whole rows" : " g" + groupInputs : "";
        return "GPTQ words " + bits + "-bit" + groups + ", mapped"
                + (groupIndex == null ? "" : ", scattered groups: a scale for each product");
    }

    @Override
    void multiplyRange(
            int fromRow, int rowLimit, VectorActivations.Prepared x, Scratch scratch, float[] y, int yOffset) {
        MappedScratch memory = scratch.mapped();
        memory.reserveOutputs(tileRows());
        if (x.isInteger()) {
            multiplyIntegers(fromRow, rowLimit, x.integers, scratch.vector, memory, y, yOffset);
            return;
        }
        memory.reserveInputs(columns());
        scaleInputs(x.values, memory.inputs);
        if (groupIndex == null) {
            multiplyGroups(fromRow, rowLimit - fromRow, x, memory);
            System.arraycopy(memory.sums, 0, y, yOffset + fromRow, rowLimit - fromRow);
            return;
        }
        int width = Math.max(WORD_MULTIPLE, TABLE_FLOATS / groupCount / WORD_MULTIPLE * WORD_MULTIPLE);
        memory.reserveGroups(groupCount, Math.min(width, tileRows()));
        sumInputs(x.values, memory.inputSums);
        for (int row = fromRow; row < rowLimit; row += width) {
            int count = Math.min(width, rowLimit - row);
            multiplyScattered(row, count, memory);
            System.arraycopy(memory.sums, 0, y, yOffset + row, count);
        }
    }

    /** Group by group, and in it tile by tile; a last tile that is not whole begins earlier. */
    private void multiplyIntegers(int fromRow, int rowLimit, IntegerInput x, VectorScratch task, MappedScratch memory,
            float[] y, int yOffset) {
        Arrays.fill(memory.sums, 0, Chunks.ceilDiv(rowLimit - fromRow, TILE_ROWS) * TILE_ROWS, 0);
        task.blockInputs = groupInputs;
        task.startFactor = centre();
        for (int group = 0; group < groupCount; group++) {
            task.from = group * groupInputs;
            task.inputs = Math.min(groupInputs, columns() - task.from);
            long groupAt = task.from / fields.wordInputs * rowBytes;
            for (int row = fromRow; row < rowLimit; row += TILE_ROWS) {
                int first = Math.min(row, rows() - TILE_ROWS);
                scales.decode((long) group * rows() + first, TILE_ROWS, task.scales, 0);
                zeros.decode(group, first, TILE_ROWS, task.offsets, 0);
                System.arraycopy(memory.sums, row - fromRow, task.sums, 0, TILE_ROWS);
                ScaleCodec.subtractZeros(1, x.sums, group, task);
                IntegerCodes4.accumulate(words, groupAt + 4L * first, rowBytes, x, task);
                System.arraycopy(task.sums, 0, memory.sums, row - fromRow, TILE_ROWS);
            }
        }
        for (int row = fromRow; row < rowLimit; row += TILE_ROWS) {
            int late = row - Math.min(row, rows() - TILE_ROWS);
            int count = Math.min(TILE_ROWS, rowLimit - row);
            System.arraycopy(memory.sums, row - fromRow + late, y, yOffset + row, count);
        }
    }

    private void scaleInputs(float[] x, float[] scaled) {
        int lanes = FLOAT_LANES;
        for (int k = 0; k < columns(); k += lanes) {
            FloatVector.fromArray(FLOATS, x, k)
                    .mul(FloatVector.fromArray(FLOATS, factors, k % factors.length))
                    .intoArray(scaled, k);
        }
    }

    private void multiplyGroups(int fromRow, int rowCount, VectorActivations.Prepared x, MappedScratch memory) {
        Arrays.fill(memory.sums, 0, rowCount, 0);
        for (int group = 0; group < groupCount; group++) {
            int from = group * groupInputs;
            int limit = Math.min(from + groupInputs, columns());
            Arrays.fill(memory.groupSums, 0, rowCount, 0);
            for (int k = from; k < limit; k += passInputs) {
                long at = k / fields.wordInputs * rowBytes + 4L * fromRow;
                int wordRows = Math.min(passInputs, limit - k) / fields.wordInputs;
                fields.add(words, at, rowBytes, wordRows, rowCount, memory.inputs, k, memory.groupSums);
            }
            scales.decode((long) group * rows() + fromRow, rowCount, memory.scales, 0);
            zeros.decode(group, fromRow, rowCount, memory.others, 0);
            settle(rowCount, inputSum(x, from, limit), memory);
        }
    }

    /** {@code sums += scale * (group's sum - zero * sum of the group's inputs)}. */
    private static void settle(int rowCount, float inputSum, MappedScratch memory) {
        for (int n = 0; n < rowCount; n += FLOAT_LANES) {
            FloatVector.fromArray(FLOATS, memory.others, n)
                    .fma(FloatVector.broadcast(FLOATS, -inputSum), FloatVector.fromArray(FLOATS, memory.groupSums, n))
                    .fma(FloatVector.fromArray(FLOATS, memory.scales, n), FloatVector.fromArray(FLOATS, memory.sums, n))
                    .intoArray(memory.sums, n);
        }
    }

    private void sumInputs(float[] x, float[] groupSums) {
        Arrays.fill(groupSums, 0, groupCount, 0);
        for (int k = 0; k < columns(); k++) {
            groupSums[groupIndex[k]] += x[k];
        }
    }

    private void multiplyScattered(int fromRow, int rowCount, MappedScratch memory) {
        Arrays.fill(memory.sums, 0, rowCount, 0);
        Arrays.fill(memory.groupSums, 0, rowCount, 0);
        for (int group = 0; group < groupCount; group++) {
            scales.decode((long) group * rows() + fromRow, rowCount, memory.scales, 0);
            System.arraycopy(memory.scales, 0, memory.scaleTable, group * rowCount, rowCount);
            zeros.decode(group, fromRow, rowCount, memory.others, 0);
            settle(rowCount, memory.inputSums[group], memory);
        }
        // Row by row: the scales of several rows would be too many streams.
        for (int k = 0; k < columns(); k += fields.wordInputs) {
            long at = k / fields.wordInputs * rowBytes + 4L * fromRow;
            fields.addScattered(
                    words, at, rowCount, memory.inputs, k, groupIndex, memory.scaleTable, memory.sums);
        }
    }

    @Override
    void unpackInputs(int tile, int fromColumn, int inputs, float[] scale, int scaleAt, float[] zero, int zeroAt,
            float[] target, int targetOffset) {
        int mask = (1 << bits) - 1;
        int count = Math.min(TILE_ROWS, rows() - tile * TILE_ROWS);
        for (int lane = 0; lane < count; lane += FLOAT_LANES) {
            FloatVector s = FloatVector.fromArray(FLOATS, scale, scaleAt + lane);
            FloatVector z = FloatVector.fromArray(FLOATS, zero, zeroAt + lane);
            for (int i = 0; i < inputs; i++) {
                int k = fromColumn + i;
                IntVector.fromMemorySegment(INTS, words, at(k, tile, lane), LITTLE_ENDIAN)
                        .lanewise(VectorOperators.LSHR, k % fields.wordInputs * bits)
                        .and(mask)
                        .convert(VectorOperators.I2F, 0)
                        .reinterpretAsFloats()
                        .sub(z)
                        .mul(s)
                        .intoArray(target, targetOffset + i * TILE_ROWS + lane);
            }
        }
        for (int i = 0; i < inputs; i++) {
            Arrays.fill(target, targetOffset + i * TILE_ROWS + count, targetOffset + (i + 1) * TILE_ROWS, 0);
        }
    }

    private long at(int column, int tile, int lane) {
        return column / fields.wordInputs * rowBytes + 4L * (tile * TILE_ROWS + lane);
    }

    @Override
    public void unpackCodes(int tile, int fromColumn, int columnCount, MemorySegment target, int targetOffset) {
        int mask = (1 << bits) - 1;
        short centre = (short) centre();
        int count = Math.min(TILE_ROWS, rows() - tile * TILE_ROWS);
        for (int lane = 0; lane < count; lane += FLOAT_LANES) {
            for (int i = 0; i < columnCount; i += 2) {
                int k = fromColumn + i;
                IntVector w = IntVector.fromMemorySegment(INTS, words, at(k, tile, lane), LITTLE_ENDIAN)
                        .lanewise(VectorOperators.LSHR, k % fields.wordInputs * bits);
                w.and(mask)
                        .or(w.lanewise(VectorOperators.LSHL, 16 - bits).and(mask << 16))
                        .reinterpretAsShorts()
                        .sub(centre)
                        .intoMemorySegment(target, 2L * (targetOffset + i * TILE_ROWS + 2 * lane), ORDER);
            }
        }
        for (int i = 0; i < columnCount; i += 2) {
            int at = targetOffset + i * TILE_ROWS;
            clear(target, at + 2 * count, at + 2 * TILE_ROWS);
        }
    }
}
