package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * Weights multiplied from the checkpoint's own bytes, which nothing copies. Neighbouring words of the file belong to
 * neighbouring outputs, and to the same inputs: a vector of words needs no horizontal sum.
 *
 * <p>The words of one output lie a row of the file apart. A product with one vector therefore takes a wide range of
 * outputs, whose sums stay in the first-level cache, and walks the file's rows in their order. Matrix-matrix products
 * unpack tiles.
 */
abstract class MappedMatrix extends UnpackableMatrix implements IntegerTiles {
    /** Least outputs of a range, where a matrix is small or processors are many. */
    private static final int LEAST_RANGE_ROWS = 512;

    final int bits;
    final MemorySegment words;
    final MappedScales scales;
    final MappedZeros zeros;

    /** Inputs of a group; all inputs where {@link #groupIndex} rules. */
    final int groupInputs;

    final int groupCount;

    /** The group of every input where groups are scattered or odd, or null. */
    final int[] groupIndex;

    /** Inputs of one prepared sum. */
    private static final int SUM_INPUTS = 16;

    private static final InputForm INPUT_FORM = InputForm.of(FloatTerms.PLAIN, SUM_INPUTS);

    private final int rangeRows;
    private final long byteSize;

    /** @param mostRangeRows outputs of a range at most: wide, for its piece of a row in the file is one short stream */
    MappedMatrix(GroupWeights weights, MemorySegment words, MemorySegment scaleData, MappedZeros zeros, long zeroBytes,
            int[] groupIndex, int mostRangeRows) {
        super(weights.rows(), weights.columns());
        this.bits = weights.bits();
        this.words = words;
        this.scales = new MappedScales(weights.scaleType(), scaleData);
        this.zeros = zeros;
        this.groupCount = weights.groupCount();
        this.groupIndex = groupIndex;
        this.groupInputs = groupCount == 1 ? Chunks.padded(columns()) : weights.groupSize();
        int share = Chunks.ceilDiv(rows(), Runtime.getRuntime().availableProcessors());
        this.rangeRows = Math.clamp(
                Chunks.ceilDiv(share, LEAST_RANGE_ROWS) * LEAST_RANGE_ROWS, LEAST_RANGE_ROWS, mostRangeRows);
        this.byteSize = words.byteSize() + scaleData.byteSize() + zeroBytes
                + (weights.groupIndex() == null ? 0 : 4L * columns());
    }

    /** See {@link PackedMatrix#mapped}. */
    static Optional<PackedMatrix> of(LinearWeights weights) {
        return switch (weights) {
            case GptqWords gptq when GptqFields.supports(gptq.bits()) -> Optional.of(new MappedGptqMatrix(gptq));
            // Kernels unpack at most two of AWQ's words to one vector.
            case AwqWords awq when FLOAT_LANES <= 16 -> Optional.of(new MappedAwqMatrix(awq));
            default -> Optional.empty();
        };
    }

    @Override
    final InputForm inputForm(Activations.Precision precision) {
        InputForm integers = precision == Activations.Precision.INTEGER ? integerForm() : null;
        return integers == null ? INPUT_FORM : integers;
    }

    /** How the integer kernel wants its input; null where there is none. */
    abstract InputForm integerForm();

    /** Refuses data of another size than the shape says, so that kernels cannot read beyond it. */
    static MemorySegment checkSize(String name, MemorySegment data, long expected) {
        if (data.byteSize() != expected) {
            throw new IllegalArgumentException(name + ": " + data.byteSize() + " bytes != " + expected);
        }
        return data;
    }

    /** Scales and words of the file, zero points and group index too. */
    @Override
    public final long byteSize() {
        return byteSize;
    }

    @Override
    public final int tileRows() {
        return rangeRows;
    }

    @Override
    public final void multiplyVector(
            VectorActivations x, Scratch scratch, float[] y, int yOffset, int fromRow, int rowLimit) {
        VectorActivations.Prepared ordered = x.forMatrix(this);
        checkRows(fromRow, rowLimit);
        Objects.checkFromIndexSize(yOffset, rowLimit, y.length);
        for (int row = fromRow; row < rowLimit; row += rangeRows) {
            multiplyRange(row, Math.min(row + rangeRows, rowLimit), ordered, scratch, y, yOffset);
        }
    }

    /** {@code y[yOffset + r]} for the rows of one range. */
    abstract void multiplyRange(
            int fromRow, int rowLimit, VectorActivations.Prepared x, Scratch scratch, float[] y, int yOffset);

    /** The sum of the inputs of a group from its first to before its limit. */
    static float inputSum(VectorActivations.Prepared x, int from, int limit) {
        double sum = 0;
        if (from % SUM_INPUTS == 0) {
            int sums = from / SUM_INPUTS;
            for (; from <= limit - SUM_INPUTS; from += SUM_INPUTS) {
                sum += x.sums[sums++];
            }
        }
        for (; from < limit; from++) {
            sum += x.values[from];
        }
        return (float) sum;
    }

    /**
     * Scales and zero points of one group and tile, for {@link #unpackInputs}, zero where rows are missing:
     * {@code scale[scaleAt + lane]}, {@code zero[zeroAt + lane]}.
     */
    private void decodeGroup(int group, int tile, float[] scale, int scaleAt, float[] zero, int zeroAt) {
        int row = tile * TILE_ROWS;
        int count = Math.min(TILE_ROWS, rows() - row);
        scales.decode((long) group * rows() + row, count, scale, scaleAt);
        zeros.decode(group, row, count, zero, zeroAt);
        Arrays.fill(scale, scaleAt + count, scaleAt + TILE_ROWS, 0);
        Arrays.fill(zero, zeroAt + count, zeroAt + TILE_ROWS, 0);
    }

    @Override
    final void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset) {
        int padded = Math.min(Chunks.padded(columnCount), Chunks.padded(columns()) - fromColumn);
        int limit = Math.min(fromColumn + padded, columns());
        if (groupIndex != null || groupInputs % Chunks.PADDING != 0) {
            unpackScattered(tile, fromColumn, limit, target, targetOffset);
        } else {
            for (int from = fromColumn; from < limit;) {
                int end = Math.min(limit, (from / groupInputs + 1) * groupInputs);
                // The places of the last two inputs, padding counts, hold the group's scales and zero points at first.
                int last = targetOffset + (Chunks.padded(end) - 1 - fromColumn) * TILE_ROWS;
                decodeGroup(from / groupInputs, tile, target, last, target, last - TILE_ROWS);
                int at = targetOffset + (from - fromColumn) * TILE_ROWS;
                unpackInputs(tile, from, end - from, target, last, target, last - TILE_ROWS, target, at);
                from = end;
            }
        }
        Arrays.fill(
                target, targetOffset + (limit - fromColumn) * TILE_ROWS, targetOffset + padded * TILE_ROWS, 0);
    }

    /** Groups of any inputs, one after another. Allocates. */
    private void unpackScattered(int tile, int fromColumn, int limit, float[] target, int targetOffset) {
        float[] group = new float[2 * TILE_ROWS];
        int decoded = -1;
        for (int k = fromColumn; k < limit; k++) {
            int wanted = groupIndex != null ? groupIndex[k] : k / groupInputs;
            if (wanted != decoded) {
                decodeGroup(wanted, tile, group, 0, group, TILE_ROWS);
                decoded = wanted;
            }
            unpackInputs(tile, k, 1, group, 0, group, TILE_ROWS, target, targetOffset + (k - fromColumn) * TILE_ROWS);
        }
    }

    /**
     * {@code target[targetOffset + i * TILE_ROWS + lane] = scale * (code - zero)} for some inputs of one group, with
     * scales and zero points by lane. Takes lane by lane, so that both may lie where the last two inputs go.
     */
    abstract void unpackInputs(int tile, int fromColumn, int inputs, float[] scale, int scaleAt, float[] zero,
            int zeroAt, float[] target, int targetOffset);

    /** Odd where a block of 32 inputs would have several scales: there is no integer kernel for that. */
    @Override
    public final int scaleInputs() {
        return groupIndex == null ? groupInputs : 1;
    }

    /** What is taken off the codes to make them signed. */
    final int centre() {
        return 1 << bits - 1;
    }

    @Override
    public final int minimumCode() {
        return -centre();
    }

    @Override
    public final int maximumCode() {
        return centre() - 1;
    }

    @Override
    public final boolean hasMinimums() {
        return !zeros.symmetric();
    }

    @Override
    public final void unpackScales(
            int tile, int fromColumn, int columnCount, float[] scales, float[] minimums, int offset) {
        int at = offset;
        for (int from = fromColumn; from < fromColumn + columnCount; from = (from / groupInputs + 1) * groupInputs) {
            decodeGroup(from / groupInputs, tile, scales, at, minimums, at);
            for (int i = at; i < at + TILE_ROWS; i += FLOAT_LANES) {
                FloatVector.broadcast(FLOATS, centre())
                        .sub(FloatVector.fromArray(FLOATS, minimums, i))
                        .mul(FloatVector.fromArray(FLOATS, scales, i))
                        .intoArray(minimums, i);
            }
            at += TILE_ROWS;
        }
    }

    /** Sets some shorts to zero. */
    static void clear(MemorySegment shorts, int from, int limit) {
        shorts.asSlice(2L * from, 2L * (limit - from)).fill((byte) 0);
    }
}
