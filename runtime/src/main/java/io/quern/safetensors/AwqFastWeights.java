package io.quern.safetensors;

import java.lang.foreign.MemorySegment;

/**
 * The layout of AWQ's gemv_fast and of llm-awq (formats.md D.2): {@code qweight I16 [rows / 4, columns]} interleaves four
 * outputs and shuffles the inputs of 64; instead of zero points it stores offsets, {@code W = q * scale + offset}.
 */
final class AwqFastWeights extends GroupedModule {
    /** Inputs that are shuffled among each other. */
    private static final int BLOCK = 64;

    /** Where input k of a block stands in it. */
    private static final int[] PLACE = places();

    private final MemorySegment qweight;
    private final ScaleTable offsets;

    private AwqFastWeights(
            int rows, int columns, Grouping grouping, SafetensorsEntry scales, MemorySegment qweight,
            SafetensorsEntry offsets) {
        super("AWQ gemv_fast", rows, columns, 4, grouping, ScaleTable.ofGroups(scales, rows));
        this.qweight = qweight;
        this.offsets = ScaleTable.ofGroups(offsets, rows);
    }

    /** The module of that name. Scales are padded with unused groups: the group size must be configured. */
    static AwqFastWeights read(HubTensors tensors, String module, int rows, int columns, ModuleRule rule) {
        if (rows % 4 != 0 || columns % BLOCK != 0) {
            throw tensors.fail("module '" + module + "' has " + columns + " inputs and " + rows
                    + " outputs, expected multiples of " + BLOCK + " and 4");
        }
        int size = AwqGemvWeights.awqGroupSize(tensors, module, columns, rule);
        int groups = Grouping.ceilDivide(columns, size);
        long stored = 8L * AwqGemvWeights.zeroWords(groups, size);
        SafetensorsEntry qweight = tensors.require(module + ".qweight", Dtype.I16, rows / 4, columns);
        SafetensorsEntry scales = tensors.require(module + ".scales");
        String name = tensors.has(module + ".scaled_zeros") ? ".scaled_zeros" : ".qzeros";
        SafetensorsEntry offsets = tensors.require(module + name);
        for (SafetensorsEntry entry : new SafetensorsEntry[] {scales, offsets}) {
            if (!HubTensors.isFloat(entry) || !entry.hasShape(stored, rows)) {
                throw tensors.unexpected(entry, "F16, BF16 or F32 [" + stored + ", " + rows + "]");
            }
        }
        return new AwqFastWeights(rows, columns, new Grouping(size, groups, null), scales, qweight.data(), offsets);
    }

    @Override
    public boolean zerosAreOffsets() {
        return true;
    }

    @Override
    void readCodes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target) {
        int firstBlock = firstColumn / BLOCK;
        int limitBlock = (firstColumn + columnCount + BLOCK - 1) / BLOCK;
        short[] words = new short[(limitBlock - firstBlock) * BLOCK];
        int loaded = -1;
        for (int n = 0; n < rowCount; n++) {
            int row = firstRow + n;
            if (row / 4 != loaded) {
                loaded = row / 4;
                long firstWord = (long) loaded * columns() + (long) firstBlock * BLOCK;
                MemorySegment.copy(qweight, Words.I16, 2 * firstWord, words, 0, words.length);
            }
            for (int k = 0; k < columnCount; k++) {
                int column = firstColumn + k;
                int place = PLACE[column % BLOCK];
                int word = (column / BLOCK - firstBlock) * BLOCK + BLOCK / 4 * (row % 4) + place / 4;
                target[k * rowCount + n] = (byte) (words[word] >>> 4 * (place % 4) & 15);
            }
        }
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        offsets.read(group, firstRow, rowCount, target);
    }

    /** Two shuffles of 32 inputs: pairs are spread over the eights, then evens and odds of eight are separated. */
    private static int[] places() {
        int[] places = new int[BLOCK];
        for (int k = 0; k < BLOCK; k++) {
            int r = k % 32;
            int spread = 8 * (r % 8 / 2) + 2 * (r / 8) + r % 2;
            int separated = spread / 8 * 8 + spread % 8 / 2 + 4 * (spread % 2);
            places[k] = k / 32 * 32 + separated;
        }
        return places;
    }
}
