package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** The eight six-bit scales and minimums that Q4_K and Q5_K pack into 12 bytes. */
final class KScales {
    private KScales() {}

    static int scale(MemorySegment b, long at, int s) {
        if (s < 4) {
            return Bytes.u8(b, at + s) & 63;
        }
        return Bytes.u8(b, at + s + 4) & 15 | Bytes.u8(b, at + s - 4) >> 6 << 4;
    }

    static int minimum(MemorySegment b, long at, int s) {
        if (s < 4) {
            return Bytes.u8(b, at + s + 4) & 63;
        }
        return Bytes.u8(b, at + s + 4) >> 4 | Bytes.u8(b, at + s) >> 6 << 4;
    }
}
