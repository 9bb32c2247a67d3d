package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Weights of AWQ's gemm layout with their bytes: {@code qweight [columns, rows / 8]} and {@code qzeros [groups, rows /
 * 8]} pack eight outputs into a word of nibbles, in the order 0, 2, 4, 6, 1, 3, 5, 7 (formats.md D.2). Little-endian,
 * of any alignment.
 */
public interface AwqWords extends GroupWeights {
    /** The words of the codes. */
    MemorySegment qweight();

    /** The words of the zero points, or null if every zero point is 8. */
    MemorySegment qzeros();

    /** Scales {@code [groups, rows]} of type {@link #scaleType}. */
    MemorySegment scaleData();
}
