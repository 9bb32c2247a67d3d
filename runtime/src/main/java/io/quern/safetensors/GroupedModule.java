package io.quern.safetensors;

import io.quern.kernels.GroupWeights;
import io.quern.kernels.TensorType;
import java.util.Objects;

/** What the formats of grouped weights share: sizes, scales, and checks of the ranges that are asked for. */
abstract class GroupedModule implements GroupWeights {
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
        if (rowCount > 0 && columnCount > 0) {
            readCodes(firstRow, rowCount, firstColumn, columnCount, target);
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

    /** The same as {@link #codes}, the ranges checked and not empty. */
    abstract void readCodes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target);

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
