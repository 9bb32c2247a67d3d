package io.quern.kernels;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Zero points of a file, {@code [groups, rows]}, packed along the rows into words. */
final class MappedZeros {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private final MemorySegment words;
    private final int wordsPerGroup;
    private final int plus;
    private final int mask;
    private final int[] shifts;
    private final boolean symmetric;

    /**
     * @param words null if all zero points are in the middle of the codes
     * @param plus what is added to every word
     * @param shifts place of each row's field in its word
     */
    MappedZeros(MemorySegment words, int groups, int rows, int bits, int plus, int[] shifts) {
        this.words = words;
        this.wordsPerGroup = rows / shifts.length;
        this.plus = plus;
        this.mask = (1 << bits) - 1;
        this.shifts = shifts;
        this.symmetric = words == null || allEqual(groups, (1 << bits - 1) * GptqFields.oneInEveryField(bits));
    }

    /** Reads the zero points of a symmetric checkpoint to the end, those of another one to its first exception. */
    private boolean allEqual(int groups, int wanted) {
        for (long i = 0; i < (long) groups * wordsPerGroup; i++) {
            if (words.get(I32, 4 * i) + plus != wanted) {
                return false;
            }
        }
        return true;
    }

    /** Whether all zero points are in the middle of the codes: {@code 2^(bits - 1)}. */
    boolean symmetric() {
        return symmetric;
    }

    /** Where the word of a group and row is. */
    long byteOffset(int group, int row) {
        return 4 * ((long) group * wordsPerGroup + row / shifts.length);
    }

    /**
     * {@code target[at + i]} = zero point of row {@code firstRow + i}; both row numbers are multiples of a word's rows.
     */
    void decode(int group, int firstRow, int count, float[] target, int at) {
        if (symmetric) {
            java.util.Arrays.fill(target, at, at + count, (mask + 1) / 2);
            return;
        }
        long word = byteOffset(group, firstRow);
        for (int i = 0; i < count; i += shifts.length) {
            int fields = words.get(I32, word) + plus;
            for (int j = 0; j < shifts.length; j++) {
                target[at + i + j] = fields >>> shifts[j] & mask;
            }
            word += 4;
        }
    }
}
