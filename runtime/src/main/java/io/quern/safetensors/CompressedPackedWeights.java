package io.quern.safetensors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The pack-quantized layout of compressed-tensors (formats.md D.3): {@code weight_packed [rows, words]} packs inputs in
 * natural order, {@code weight_zero_point [words, groups]} packs outputs, and scales are {@code [rows, groups]}.
 * Codes are signed in the makers' eyes and stored with 2^(bits-1) added; so are zero points.
 */
final class CompressedPackedWeights extends GroupedModule {
    private final MemorySegment packed;
    private final int wordsPerRow;
    private final SafetensorsEntry zeros;

    /** Fields in a word where words are not filled, or 0 where fields run on from word to word. */
    private final int fieldsPerWord;

    private CompressedPackedWeights(
            int rows, int columns, int bits, Grouping grouping, ScaleTable scales, SafetensorsEntry packed,
            SafetensorsEntry zeros, int fieldsPerWord) {
        super("compressed-tensors", rows, columns, bits, grouping, scales);
        this.packed = packed.data();
        this.wordsPerRow = (int) packed.extent(1);
        this.zeros = zeros;
        this.fieldsPerWord = fieldsPerWord;
    }

    /** The module of that name. */
    static CompressedPackedWeights read(HubTensors tensors, String module, int rows, int columns, ModuleRule rule) {
        SafetensorsEntry packed = tensors.require(module + ".weight_packed");
        if (packed.dtype() != Dtype.I32 || packed.shape().length != 2 || packed.extent(0) != rows) {
            throw tensors.unexpected(packed, "I32 [" + rows + ", words]; FP4 formats are not supported");
        }
        checkShape(tensors, module, rows, columns);
        int bits = bits(tensors, packed, columns, rule.bits());
        int fieldsPerWord = isDense(tensors, module, rows, columns, bits) ? 0 : 32 / bits;
        SafetensorsEntry scales = tensors.require(module + ".weight_scale");
        ScaleTable table = CompressedScales.read(tensors, scales, rows, columns);
        int groups = CompressedScales.groups(scales, rows);
        Grouping grouping = Grouping.of(columns, groups, rule.groupSize());
        SafetensorsEntry index = tensors.find(module + ".weight_g_idx");
        if (index != null && !isUninitialised(index)) {
            grouping = grouping.withIndex(tensors, index, columns);
        }
        SafetensorsEntry zeros = zeros(tensors, module, rows, groups, bits, fieldsPerWord);
        return new CompressedPackedWeights(rows, columns, bits, grouping.requireSize(tensors, module, columns), table,
                packed, zeros, fieldsPerWord);
    }

    /** The stored shape must be the one that the model wants. */
    private static void checkShape(HubTensors tensors, String module, int rows, int columns) {
        SafetensorsEntry shape = tensors.find(module + ".weight_shape");
        if (shape == null) {
            return;
        }
        boolean wide = shape.dtype() == Dtype.I64;
        if (!wide && shape.dtype() != Dtype.I32 || !shape.hasShape(2)) {
            throw tensors.unexpected(shape, "I64 [2]");
        }
        long storedRows = wide ? shape.data().get(Words.I64, 0) : shape.data().get(Words.I32, 0);
        long storedColumns = wide ? shape.data().get(Words.I64, 8) : shape.data().get(Words.I32, 4);
        if (storedRows != rows || storedColumns != columns) {
            throw tensors
                    .fail("tensor '" + shape.name() + "' says [" + storedRows + ", " + storedColumns + "], expected ["
                            + rows + ", " + columns + "]");
        }
    }

    /** The configured bits, which must fit the number of words; without a configuration the only ones that fit. */
    private static int bits(HubTensors tensors, SafetensorsEntry packed, int columns, int configured) {
        int found = 0;
        for (int bits = 2; bits <= 8; bits++) {
            boolean fits =
                    packed.extent(1) == denseWords(columns, bits) || packed.extent(1) == looseWords(columns, bits);
            if (fits && bits == configured) {
                return bits;
            }
            found = !fits ? found : found == 0 ? bits : -1;
        }
        if (configured == 0 && found > 0) {
            return found;
        }
        throw tensors.unexpected(packed, "words for " + columns + " inputs of "
                + (configured == 0 ? "2 to 8, by configuration" : configured) + " bits");
    }

    /** Whether fields run on from word to word: for some sizes both packings take as many words, and zeros may tell. */
    private static boolean isDense(HubTensors tensors, String module, int rows, int columns, int bits) {
        long words = tensors.require(module + ".weight_packed").extent(1);
        SafetensorsEntry zeros = tensors.find(module + ".weight_zero_point");
        boolean looseZeros = zeros != null && zeros.dtype() == Dtype.I32 && zeros.shape().length == 2
                && zeros.extent(0) == looseWords(rows, bits) && zeros.extent(0) != denseWords(rows, bits);
        return words == denseWords(columns, bits) && !(looseZeros && words == looseWords(columns, bits));
    }

    private static int denseWords(int fields, int bits) {
        return (int) (((long) fields * bits + 31) / 32);
    }

    private static int looseWords(int fields, int bits) {
        return Grouping.ceilDivide(fields, 32 / bits);
    }

    private static boolean isUninitialised(SafetensorsEntry index) {
        for (long at = 0; at + 4 <= index.data().byteSize(); at += 4) {
            if (index.data().get(Words.I32, at) == -1) {
                return true;
            }
        }
        return false;
    }

    private static SafetensorsEntry zeros(
            HubTensors tensors, String module, int rows, int groups, int bits, int fieldsPerWord) {
        SafetensorsEntry zeros = tensors.find(module + ".weight_zero_point");
        boolean bytes = zeros != null && zeros.dtype() == Dtype.I8;
        if (zeros == null || bytes && (zeros.hasShape(rows, groups) || zeros.elementCount() == 1)) {
            return zeros;
        }
        int words = fieldsPerWord == 0 ? denseWords(rows, bits) : looseWords(rows, bits);
        if (zeros.dtype() != Dtype.I32 || !zeros.hasShape(words, groups)) {
            throw tensors.unexpected(zeros, "I32 [" + words + ", " + groups + "]");
        }
        return zeros;
    }

    @Override
    void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        if (fieldsPerWord != 0 && 32 % bits() != 0) {
            readLooseOctets(firstRow, rowCount, firstOctet, octetCount, target, stride);
            return;
        }
        // Eight fields of b bits, running on from word to word, are b bytes.
        int bits = bits();
        int rowBytes = 4 * wordsPerRow;
        int count = Math.min(octetCount * bits, rowBytes - firstOctet * bits);
        byte[] row = new byte[octetCount * bits + Long.BYTES];
        for (int n = 0; n < rowCount; n++) {
            long at = (long) (firstRow + n) * rowBytes + (long) firstOctet * bits;
            MemorySegment.copy(packed, ValueLayout.JAVA_BYTE, at, row, 0, count);
            Octets.spread(row, bits, target, n, stride, octetCount);
        }
    }

    /** A word's fields join a stream, which gives four at a time: fewer bits than every word has. */
    private void readLooseOctets(
            int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        int four = 4 * bits();
        int wordBits = fieldsPerWord * bits();
        long wordMask = (1L << wordBits) - 1;
        long spread = 0x0101_0101L * ((1 << bits()) - 1);
        int firstWord = 8 * firstOctet / fieldsPerWord;
        int firstBit = 8 * firstOctet % fieldsPerWord * bits();
        int[] words = new int[(8 * octetCount + fieldsPerWord - 1) / fieldsPerWord + 1];
        for (int n = 0; n < rowCount; n++) {
            Words.copy(packed, (long) (firstRow + n) * wordsPerRow + firstWord, words,
                    Math.min(words.length, wordsPerRow - firstWord));
            int next = 1;
            long stream = (words[0] & wordMask) >>> firstBit;
            int left = wordBits - firstBit;
            for (int o = 0; o < octetCount; o++) {
                long octet = 0;
                for (int half = 0; half < 64; half += 32) {
                    if (left < four) {
                        stream |= (words[next++] & wordMask) << left;
                        left += wordBits;
                    }
                    octet |= Long.expand(stream, spread) << half;
                    stream >>>= four;
                    left -= four;
                }
                target[o * stride + n] = octet;
            }
        }
    }

    private int word(int field) {
        return fieldsPerWord != 0 ? field / fieldsPerWord : (int) ((long) field * bits() / 32);
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        int middle = 1 << bits() - 1;
        for (int n = 0; n < rowCount; n++) {
            target[n] = zeros == null
                    ? middle
                    : zeros.dtype() == Dtype.I8 ? byteZero(group, firstRow + n) + middle
                    : packedZero(group, firstRow + n);
        }
    }

    private byte byteZero(int group, int row) {
        long at = zeros.elementCount() == 1 ? 0 : (long) row * groupCount() + group;
        return zeros.data().get(ValueLayout.JAVA_BYTE, at);
    }

    /** Field n of the stream of words down a column. */
    private int packedZero(int group, int row) {
        int bits = bits();
        int word = word(row);
        int shift = fieldsPerWord != 0 ? bits * (row % fieldsPerWord) : (int) ((long) row * bits % 32);
        int value = zeroWord(word, group) >>> shift;
        if (shift + bits > 32) {
            value |= zeroWord(word + 1, group) << 32 - shift;
        }
        return value & (1 << bits) - 1;
    }

    private int zeroWord(int word, int group) {
        return zeros.data().get(Words.I32, 4 * ((long) word * groupCount() + group));
    }
}
