package io.quern.safetensors;

import io.quern.kernels.AwqWords;
import java.lang.foreign.MemorySegment;

/**
 * AWQ's gemm layout (formats.md D.2): {@code qweight [columns, rows / 8]} and {@code qzeros [groups, rows / 8]} pack
 * eight outputs into a word of nibbles in the order 0, 2, 4, 6, 1, 3, 5, 7. Zero points are as they are.
 */
public final class AwqGemmWeights extends GroupedModule implements AwqWords {
    /** The zero point where none is stored. */
    private static final int MIDDLE = 8;

    /** The output of each nibble of a word. */
    private static final int[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    /** The nibble of each output. */
    private static final int[] SLOT = {0, 4, 1, 5, 2, 6, 3, 7};

    private final MemorySegment qweight;
    private final MemorySegment qzeros;
    private final SafetensorsEntry scales;

    private AwqGemmWeights(
            int rows, int columns, Grouping grouping, SafetensorsEntry scales, MemorySegment qweight,
            MemorySegment qzeros) {
        super("AWQ gemm", rows, columns, 4, grouping, ScaleTable.ofGroups(scales, rows));
        this.qweight = qweight;
        this.qzeros = qzeros;
        this.scales = scales;
    }

    /** The module of that name. */
    static AwqGemmWeights read(HubTensors tensors, String module, int rows, int columns, ModuleRule rule) {
        if (rows % 8 != 0) {
            throw tensors.fail("module '" + module + "' has " + rows + " outputs, expected a multiple of 8");
        }
        SafetensorsEntry qweight = tensors.require(module + ".qweight", Dtype.I32, columns, rows / 8);
        SafetensorsEntry scales = tensors.require(module + ".scales");
        if (!HubTensors.isFloat(scales) || scales.shape().length != 2 || scales.extent(1) != rows
                || scales.extent(0) < 1 || scales.extent(0) > columns) {
            throw tensors.unexpected(scales, "F16, BF16 or F32 [groups, " + rows + "]");
        }
        int groups = (int) scales.extent(0);
        MemorySegment qzeros = null;
        if (tensors.has(module + ".qzeros")) {
            qzeros = tensors.require(module + ".qzeros", Dtype.I32, groups, rows / 8).data();
        }
        Grouping grouping =
                Grouping.of(columns, groups, rule.groupSize()).requireSize(tensors, module, columns);
        return new AwqGemmWeights(rows, columns, grouping, scales, qweight.data(), qzeros);
    }

    /**
     * A module whose tensors are in memory, for benchmarks: scales F16 {@code [groups, rows]}, the rest as {@link
     * #qweight} and {@link #qzeros} have it.
     */
    public static AwqGemmWeights of(
            int rows, int columns, int groupSize, MemorySegment qweight, MemorySegment qzeros, MemorySegment scales) {
        Grouping grouping = new Grouping(groupSize, Grouping.ceilDivide(columns, groupSize), null);
        return new AwqGemmWeights(
                rows, columns, grouping, SafetensorsEntry.ofScales(scales, grouping.count(), rows), qweight, qzeros);
    }

    /** The mapped words {@code [columns, rows / 8]}: for kernels that multiply from them. */
    @Override
    public MemorySegment qweight() {
        return qweight;
    }

    /** The mapped words {@code [groups, rows / 8]}, or null if every zero point is 8. */
    @Override
    public MemorySegment qzeros() {
        return qzeros;
    }

    /** The mapped scales {@code [groups, rows]} of type {@link #scaleType}. */
    @Override
    public MemorySegment scaleData() {
        return scales.data();
    }

    @Override
    void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        int firstWord = firstRow / 8;
        int wordCount = (firstRow + rowCount + 7) / 8 - firstWord;
        // Word w of input 8 o + i is at inputs[i][o * wordCount + w]: loops run over all cells, not over eight words.
        int[][] inputs = new int[8][octetCount * wordCount];
        for (int k = 0; k < Math.min(8 * octetCount, columns() - 8 * firstOctet); k++) {
            long first = (long) (8 * firstOctet + k) * (rows() / 8) + firstWord;
            MemorySegment.copy(qweight, Words.I32, 4 * first, inputs[k % 8], k / 8 * wordCount, wordCount);
        }
        int[] low = new int[octetCount * wordCount];
        int[] high = new int[octetCount * wordCount];
        for (int t = 0; t < 8; t++) {
            Octets.gather(inputs, 0, 4 * t, low);
            Octets.gather(inputs, 4, 4 * t, high);
            for (int word = 0; word < wordCount; word++) {
                int n = 8 * (firstWord + word) + ORDER[t] - firstRow;
                if (n >= 0 && n < rowCount) {
                    for (int o = 0; o < octetCount; o++) {
                        int cell = o * wordCount + word;
                        target[o * stride + n] = low[cell] & 0xFFFF_FFFFL | (long) high[cell] << 32;
                    }
                }
            }
        }
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            int row = firstRow + n;
            if (qzeros == null) {
                target[n] = MIDDLE;
            } else {
                int word = qzeros.get(Words.I32, 4 * ((long) group * (rows() / 8) + row / 8));
                target[n] = word >>> 4 * SLOT[row % 8] & 15;
            }
        }
    }
}
