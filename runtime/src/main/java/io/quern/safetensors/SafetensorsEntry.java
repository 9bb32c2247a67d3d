package io.quern.safetensors;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A stored tensor of any element type, mapped.
 *
 * @param shape outermost dimension first
 * @param data exactly its bytes, of any alignment
 */
record SafetensorsEntry(String name, Dtype dtype, long[] shape, MemorySegment data) {
    /** F16 scales that are in memory. */
    static SafetensorsEntry ofScales(MemorySegment data, int groups, int rows) {
        return new SafetensorsEntry("scales", Dtype.F16, new long[] {groups, rows}, data);
    }

    boolean hasShape(long... extents) {
        return Arrays.equals(shape, extents);
    }

    long extent(int dimension) {
        return shape[dimension];
    }

    long elementCount() {
        long count = 1;
        for (long extent : shape) {
            count *= extent; // the header's check has shown that this does not overflow
        }
        return count;
    }

    /** "F16 [64, 64]" */
    String describe() {
        return dtype + " " + Arrays.toString(shape);
    }
}
