package io.quern.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Little-endian values at any offset of a segment. */
final class Bytes {
    static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    static int i8(MemorySegment b, long at) {
        return b.get(ValueLayout.JAVA_BYTE, at);
    }

    static int u8(MemorySegment b, long at) {
        return b.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    static int u16(MemorySegment b, long at) {
        return b.get(I16, at) & 0xFFFF;
    }

    static int i32(MemorySegment b, long at) {
        return b.get(I32, at);
    }

    static float f16(MemorySegment b, long at) {
        return Float.float16ToFloat(b.get(I16, at));
    }

    static float f32(MemorySegment b, long at) {
        return b.get(F32, at);
    }

    /** Nibble i of 32 in 16 bytes: the first half of the elements in the low nibbles, the second in the high ones. */
    static int halfNibble(MemorySegment b, long at, int i) {
        return i < 16 ? u8(b, at + i) & 15 : u8(b, at + i - 16) >> 4;
    }
}
