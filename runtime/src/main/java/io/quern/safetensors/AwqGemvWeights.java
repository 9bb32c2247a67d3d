package io.quern.safetensors;

import java.lang.foreign.MemorySegment;

/**
 * AWQ's gemv layout (formats.md D.2): {@code qweight [rows, columns / 8]} packs inputs in natural order,
 * {@code qzeros [rows, words]} packs groups, and {@code scales [rows, 8 * words]} is padded to match.
 */
final class AwqGemvWeights extends GroupedModule {
    private final MemorySegment qweight;
    private final MemorySegment qzeros;
    private final int zeroWords;

    private AwqGemvWeights(
            int rows, int columns, Grouping grouping, SafetensorsEntry scales, MemorySegment qweight,
            MemorySegment qzeros, int zeroWords) {
        super("AWQ gemv", rows, columns, 4, grouping, ScaleTable.ofRows(scales, 8L * zeroWords));
        this.qweight = qweight;
        this.qzeros = qzeros;
        this.zeroWords = zeroWords;
    }

    /** The module of that name. The padding hides the number of groups: the group size must be configured. */
    static AwqGemvWeights read(HubTensors tensors, String module, int rows, int columns, ModuleRule rule) {
        if (columns % 8 != 0) {
            throw tensors.fail("module '" + module + "' has " + columns + " inputs, expected a multiple of 8");
        }
        int size = awqGroupSize(tensors, module, columns, rule);
        int groups = Grouping.ceilDivide(columns, size);
        int zeroWords = zeroWords(groups, size);
        SafetensorsEntry qweight = tensors.require(module + ".qweight", Dtype.I32, rows, columns / 8);
        SafetensorsEntry qzeros = tensors.require(module + ".qzeros", Dtype.I32, rows, zeroWords);
        SafetensorsEntry scales = tensors.require(module + ".scales");
        if (!HubTensors.isFloat(scales) || !scales.hasShape(rows, 8L * zeroWords)) {
            throw tensors.unexpected(scales, "F16, BF16 or F32 [" + rows + ", " + 8L * zeroWords + "]");
        }
        return new AwqGemvWeights(
                rows, columns, new Grouping(size, groups, null), scales, qweight.data(), qzeros.data(), zeroWords);
    }

    /** Words of zero points for each row: padded so that small groups fill whole cache lines of AWQ's kernels. */
    static int zeroWords(int groups, int groupSize) {
        int multiple = groupSize >= 128 ? 1 : groupSize >= 64 ? 2 : 4;
        return Grouping.ceilDivide(Grouping.ceilDivide(groups, 8), multiple) * multiple;
    }

    /** The configured group size. */
    static int awqGroupSize(HubTensors tensors, String module, int columns, ModuleRule rule) {
        if (rule.groupSize() == 0) {
            throw tensors
                    .fail("module '" + module + "' is in AWQ's gemv layout, but the configuration names no group_size");
        }
        return rule.groupSize() < 0 ? columns : Math.min(rule.groupSize(), columns);
    }

    @Override
    void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        int[] words = new int[octetCount];
        for (int n = 0; n < rowCount; n++) {
            Words.copy(qweight, (long) (firstRow + n) * (columns() / 8) + firstOctet, words, octetCount);
            for (int o = 0; o < octetCount; o++) {
                target[o * stride + n] = Octets.of4Bits(words[o]);
            }
        }
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            int word = qzeros.get(Words.I32, 4 * ((long) (firstRow + n) * zeroWords + group / 8));
            target[n] = word >>> 4 * (group % 8) & 15;
        }
    }
}
