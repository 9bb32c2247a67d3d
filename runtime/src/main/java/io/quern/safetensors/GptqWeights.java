package io.quern.safetensors;

import io.quern.kernels.GptqWords;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * GPTQ's layout (formats.md C.2, C.3): {@code qweight [columns * bits / 32, rows]} packs inputs, so that a word holds
 * neighbouring inputs of one output; {@code qzeros [groups, rows * bits / 32]} packs outputs.
 */
public final class GptqWeights extends GroupedModule implements GptqWords {
    private static final List<Integer> BITS = List.of(2, 3, 4, 8);

    private final MemorySegment qweight;
    private final MemorySegment qzeros;
    private final SafetensorsEntry scales;
    private final boolean zerosLessOne;

    private GptqWeights(
            int rows, int columns, int bits, Grouping grouping, SafetensorsEntry scales, MemorySegment qweight,
            MemorySegment qzeros, boolean zerosLessOne) {
        super(zerosLessOne ? "GPTQ v1" : "GPTQ v2", rows, columns, bits, grouping, ScaleTable.ofGroups(scales, rows));
        this.qweight = qweight;
        this.qzeros = qzeros;
        this.scales = scales;
        this.zerosLessOne = zerosLessOne;
    }

    /**
     * The module of that name.
     *
     * @param zerosLessOne version 1, which stores zero points less one
     * @param rule what the configuration says of it
     */
    static GptqWeights read(
            HubTensors tensors, String module, int rows, int columns, boolean zerosLessOne, ModuleRule rule) {
        SafetensorsEntry qweight = tensors.require(module + ".qweight");
        SafetensorsEntry scales = tensors.require(module + ".scales");
        int bits = bits(tensors, qweight, rows, columns);
        if (!HubTensors.isFloat(scales) || scales.shape().length != 2 || scales.extent(1) != rows
                || scales.extent(0) < 1 || scales.extent(0) > columns) {
            throw tensors.unexpected(scales, "F16, BF16 or F32 [groups, " + rows + "]");
        }
        int groups = (int) scales.extent(0);
        SafetensorsEntry qzeros =
                tensors.require(module + ".qzeros", Dtype.I32, groups, (long) rows * bits / 32);
        Grouping grouping = Grouping.of(columns, groups, rule.groupSize());
        SafetensorsEntry index = tensors.find(module + ".g_idx");
        if (index != null) {
            grouping = grouping.withIndex(tensors, index, columns);
        }
        return new GptqWeights(rows, columns, bits, grouping.requireSize(tensors, module, columns), scales,
                qweight.data(), qzeros.data(), zerosLessOne);
    }

    /**
     * A module of version 1 whose tensors are in memory, for benchmarks: scales F16 {@code [groups, rows]}, the rest as
     * {@link #qweight} and {@link #qzeros} have it.
     *
     * @param groupIndex the group of every input, or null where it is {@code k / groupSize}
     */
    public static GptqWeights of(
            int rows, int columns, int bits, int groupSize, int[] groupIndex, MemorySegment qweight,
            MemorySegment qzeros,
            MemorySegment scales) {
        Grouping grouping = new Grouping(groupSize, Grouping.ceilDivide(columns, groupSize), groupIndex);
        return new GptqWeights(rows, columns, bits, grouping,
                SafetensorsEntry.ofScales(scales, grouping.count(), rows), qweight, qzeros, true);
    }

    private static int bits(HubTensors tensors, SafetensorsEntry qweight, int rows, int columns) {
        if (rows % 32 != 0 || columns % 32 != 0) {
            throw tensors.fail("tensor '" + qweight.name() + "': " + columns + " inputs and " + rows
                    + " outputs, expected multiples of 32");
        }
        for (int bits : BITS) {
            if (qweight.dtype() == Dtype.I32 && qweight.hasShape((long) columns * bits / 32, rows)) {
                return bits;
            }
        }
        throw tensors.unexpected(qweight, "I32 [" + columns + " * bits / 32, " + rows + "] with 2, 3, 4 or 8 bits");
    }

    /** The mapped words {@code [columns * bits / 32, rows]}: for kernels that multiply from them. */
    @Override
    public MemorySegment qweight() {
        return qweight;
    }

    /** The mapped words {@code [groups, rows * bits / 32]}. */
    @Override
    public MemorySegment qzeros() {
        return qzeros;
    }

    /** The mapped scales {@code [groups, rows]} of type {@link #scaleType}. */
    @Override
    public MemorySegment scaleData() {
        return scales.data();
    }

    /** Whether {@link #qzeros} holds zero points less one: a whole word plus a one in every field gives them. */
    @Override
    public boolean zerosLessOne() {
        return zerosLessOne;
    }

    @Override
    void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        int bits = bits();
        int[] low = new int[rowCount];
        int[] high = new int[rowCount];
        for (int o = 0; o < octetCount; o++) {
            long bit = (firstOctet + o) * 8L * bits;
            int shift = (int) (bit % 32);
            Words.copy(qweight, bit / 32 * rows() + firstRow, low, rowCount);
            if (shift + 8 * bits > 32) {
                Words.copy(qweight, (bit / 32 + 1) * rows() + firstRow, high, rowCount);
            }
            spread(low, high, shift, bits, target, o * stride, rowCount);
        }
    }

    private static void spread(int[] low, int[] high, int shift, int bits, long[] target, int at, int count) {
        switch (bits) {
            case 2 -> {
                for (int n = 0; n < count; n++) {
                    target[at + n] = Octets.of2Bits(low[n] >>> shift);
                }
            }
            case 4 -> {
                for (int n = 0; n < count; n++) {
                    target[at + n] = Octets.of4Bits(low[n]);
                }
            }
            case 8 -> {
                for (int n = 0; n < count; n++) {
                    target[at + n] = low[n] & 0xFFFF_FFFFL | (long) high[n] << 32;
                }
            }
            default -> {
                for (int n = 0; n < count; n++) {
                    target[at + n] = Octets.of3Bits((low[n] & 0xFFFF_FFFFL | (long) high[n] << 32) >>> shift);
                }
            }
        }
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        int bits = bits();
        int wordsPerGroup = (int) ((long) rows() * bits / 32);
        int firstWord = (int) ((long) firstRow * bits / 32);
        int limitWord = (int) (((long) (firstRow + rowCount) * bits + 31) / 32);
        int[] words = new int[limitWord - firstWord];
        Words.copy(qzeros, (long) group * wordsPerGroup + firstWord, words, words.length);
        // One subtraction a word, borrows and all, is how the zero points were stored; three bits go by fields.
        boolean byField = zerosLessOne && bits == 3;
        if (zerosLessOne && !byField) {
            for (int i = 0; i < words.length; i++) {
                words[i] += oneInEveryField(bits);
            }
        }
        for (int n = 0; n < rowCount; n++) {
            int field = Words.field(words, firstWord, firstRow + n, bits);
            target[n] = byField ? field + 1 & 7 : field;
        }
    }

    /**
     * Whether a zero point of version 1 is stored as all ones: then it was 0 before one was taken away, and readers
     * disagree on it and on its upper neighbours (formats.md C.3).
     */
    boolean hasWrappedZeros() {
        return zerosLessOne && (bits() == 3 ? hasSevens() : hasFieldsOfOnes());
    }

    private boolean hasFieldsOfOnes() {
        int lowest = oneInEveryField(bits());
        for (long at = 0; at < qzeros.byteSize(); at += 4) {
            int word = qzeros.get(Words.I32, at);
            for (int shift = 1; shift < bits(); shift *= 2) {
                word &= word >>> shift;
            }
            if ((word & lowest) != 0) {
                return true;
            }
        }
        return false;
    }

    /** 32 fields of three bits are three words. */
    private boolean hasSevens() {
        int[] words = new int[3];
        for (long word = 0; word < qzeros.byteSize() / 4; word += 3) {
            Words.copy(qzeros, word, words, 3);
            for (int i = 0; i < 32; i++) {
                if (Words.field(words, 0, i, 3) == 7) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int oneInEveryField(int bits) {
        return (int) (0xFFFF_FFFFL / ((1 << bits) - 1));
    }
}
