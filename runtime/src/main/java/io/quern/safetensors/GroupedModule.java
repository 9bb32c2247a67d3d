package io.quern.safetensors;

import io.quern.kernels.GroupWeights;
import io.quern.kernels.TensorType;
import java.util.Objects;

/** What the formats of grouped weights share: sizes, scales, and checks of the ranges that are asked for. */
abstract class GroupedModule implements GroupWeights {
    /** Inputs whose codes are read at once where they are wanted one by one. */
    private static final int CODES_AT_ONCE = 256;

    private final String encoding;
    private final int rows;
    private final int columns;
    private final int bits;
    private final Grouping grouping;
    private final ScaleTable scales;

    /**
     * @param encoding the format in a few words: "GPTQ v1"
     */
    GroupedModule(String encoding, int rows, int columns, int bits, Grouping grouping, ScaleTable scales) {
        this.encoding = encoding;
        this.rows = rows;
        this.columns = columns;
        this.bits = bits;
        this.grouping = grouping;
        this.scales = scales;
    }

    @Override
    public final int rows() {
        return rows;
    }

    @Override
    public final int columns() {
        return columns;
    }

    @Override
    public final int bits() {
        return bits;
    }

    @Override
    public final int groupSize() {
        return grouping.size();
    }

    @Override
    public final int groupCount() {
        return grouping.count();
    }

    @Override
    public final int[] groupIndex() {
        return grouping.index();
    }

    @Override
    public final TensorType scaleType() {
        return scales.entry().dtype().type();
    }

    @Override
    public boolean zerosAreOffsets() {
        return false;
    }

    @Override
    public final void codes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target) {
        Objects.checkFromIndexSize(firstRow, rowCount, rows);
        Objects.checkFromIndexSize(firstColumn, columnCount, columns);
        Objects.checkFromIndexSize(0, Math.multiplyExact(rowCount, columnCount), target.length);
        long[] octets = new long[Math.min(CODES_AT_ONCE, columnCount + 14) / 8 * rowCount];
        int limit = firstColumn + columnCount;
        for (int from = firstColumn / 8 * 8; from < limit && rowCount > 0; from += CODES_AT_ONCE) {
            int count = Math.min(CODES_AT_ONCE, limit - from);
            readOctets(firstRow, rowCount, from / 8, (count + 7) / 8, octets, rowCount);
            for (int k = Math.max(from, firstColumn); k < from + count; k++) {
                int octet = (k - from) / 8 * rowCount;
                int at = (k - firstColumn) * rowCount;
                for (int n = 0; n < rowCount; n++) {
                    target[at + n] = (byte) (octets[octet + n] >>> 8 * (k % 8));
                }
            }
        }
    }

    @Override
    public final void codes(
            int firstRow, int rowCount, int firstColumn, int columnCount, long[] target, int stride) {
        Objects.checkFromIndexSize(firstRow, rowCount, rows);
        Objects.checkFromIndexSize(firstColumn, columnCount, columns);
        int octets = (columnCount + 7) / 8;
        if (firstColumn % 8 != 0 || stride < rowCount) {
            throw new IllegalArgumentException("first column " + firstColumn + " is not a multiple of 8, or stride "
                    + stride + " is less than " + rowCount + " rows");
        }
        if (octets == 0 || rowCount == 0) {
            return;
        }
        Objects.checkFromIndexSize(0, Math.addExact(Math.multiplyExact(octets - 1, stride), rowCount), target.length);
        readOctets(firstRow, rowCount, firstColumn / 8, octets, target, stride);
        if (columnCount % 8 != 0) {
            int last = (octets - 1) * stride;
            for (int n = 0; n < rowCount; n++) {
                target[last + n] &= -1L >>> 64 - 8 * (columnCount % 8);
            }
        }
    }

    @Override
    public final void scales(int group, int firstRow, int rowCount, float[] target) {
        checkGroup(group, firstRow, rowCount, target);
        scales.read(group, firstRow, rowCount, target);
    }

    @Override
    public final void zeros(int group, int firstRow, int rowCount, float[] target) {
        checkGroup(group, firstRow, rowCount, target);
        readZeros(group, firstRow, rowCount, target);
    }

    /**
     * Reads codes by eights, the ranges checked and not empty: byte i of {@code target[o * stride + n]} is the code of
     * row firstRow + n, input 8 * (firstOctet + o) + i. Bytes of inputs beyond the last column may be anything.
     */
    abstract void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride);

    /** The same as {@link #zeros}, the ranges checked. */
    abstract void readZeros(int group, int firstRow, int rowCount, float[] target);

    @Override
    public String toString() {
        String group = grouping.count() == 1 ? "whole rows" : "groups of " + grouping.size();
        return encoding + " " + bits + "-bit, " + group + (grouping.index() == null ? "" : ", act-order");
    }

    private void checkGroup(int group, int firstRow, int rowCount, float[] target) {
        Objects.checkIndex(group, grouping.count());
        Objects.checkFromIndexSize(firstRow, rowCount, rows);
        Objects.checkFromIndexSize(0, rowCount, target.length);
    }
}
