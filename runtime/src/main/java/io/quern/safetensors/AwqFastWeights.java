package io.quern.safetensors;

import java.lang.foreign.MemorySegment;

/**
 * The layout of AWQ's gemv_fast and of llm-awq (formats.md D.2): {@code qweight I16 [rows / 4, columns]} interleaves
 * four outputs by 64 inputs; instead of zero points it stores offsets, {@code W = q * scale + offset}. Of 32 inputs 8
 * j + 2 i + e stands at nibble 8 i + 4 e + j.
 */
final class AwqFastWeights extends GroupedModule {
    /** Inputs of one row that stand together. */
    private static final int BLOCK = 64;

    /** A row's part of a block. */
    private static final int LONGS_PER_BLOCK = 4;

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
    void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        int firstBlock = firstOctet / 8;
        int blocks = (firstOctet + octetCount + 7) / 8 - firstBlock;
        long[] block = new long[blocks * LONGS_PER_BLOCK];
        for (int n = 0; n < rowCount; n++) {
            int row = firstRow + n;
            for (int i = 0; i < blocks; i++) {
                // Four rows take columns * 2 bytes; of each block of them this row's part is 32.
                long at = (long) (row / 4) * columns() * 2 + 32 * (4L * (firstBlock + i) + row % 4);
                MemorySegment.copy(qweight, Words.I64, at, block, i * LONGS_PER_BLOCK, LONGS_PER_BLOCK);
            }
            for (int o = 0; o < octetCount; o++) {
                int octet = firstOctet + o;
                int half = (octet / 4 - 2 * firstBlock) * LONGS_PER_BLOCK / 2;
                long low = pairs(block[half] >>> 4 * (octet % 4));
                long high = pairs(block[half + 1] >>> 4 * (octet % 4));
                target[o * stride + n] = low | high << 32;
            }
        }
    }

    /** Nibbles 0, 4, 8 and 12 as four bytes. */
    private static long pairs(long nibbles) {
        long pairs = nibbles & 0x000F_000F_000F_000FL;
        pairs = (pairs | pairs >>> 8) & 0x0000_FFFF_0000_FFFFL;
        return (pairs | pairs >>> 16) & 0xFFFF_FFFFL;
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        offsets.read(group, firstRow, rowCount, target);
    }
}
