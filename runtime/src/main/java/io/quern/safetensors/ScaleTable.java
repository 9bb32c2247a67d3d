package io.quern.safetensors;

import java.lang.foreign.MemorySegment;

/**
 * Scales (or offsets) by group and row, as F16, BF16 or F32.
 *
 * @param groupStride elements from one group to the next
 * @param rowStride elements from one row to the next
 */
record ScaleTable(SafetensorsEntry entry, long groupStride, long rowStride) {
    /** A tensor {@code [groups, rows]}, which may have more groups than are used. */
    static ScaleTable ofGroups(SafetensorsEntry entry, int rows) {
        return new ScaleTable(entry, rows, 1);
    }

    /** A tensor {@code [rows, groups]} of that many stored groups. */
    static ScaleTable ofRows(SafetensorsEntry entry, long storedGroups) {
        return new ScaleTable(entry, 1, storedGroups);
    }

    /** One scale for all. */
    static ScaleTable ofAll(SafetensorsEntry entry) {
        return new ScaleTable(entry, 0, 0);
    }

    void read(int group, int firstRow, int rowCount, float[] target) {
        long first = group * groupStride + firstRow * rowStride;
        MemorySegment data = entry.data();
        switch (entry.dtype()) {
            case F16 -> {
                for (int i = 0; i < rowCount; i++) {
                    target[i] = Float.float16ToFloat(data.get(Words.I16, 2 * (first + i * rowStride)));
                }
            }
            case BF16 -> {
                for (int i = 0; i < rowCount; i++) {
                    target[i] = Float.intBitsToFloat(data.get(Words.I16, 2 * (first + i * rowStride)) << 16);
                }
            }
            case F32 -> {
                for (int i = 0; i < rowCount; i++) {
                    target[i] = data.get(Words.F32, 4 * (first + i * rowStride));
                }
            }
            default -> throw new IllegalStateException("scales of type " + entry.dtype());
        }
    }
}
