package io.quern.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Plain element types to floats. Integers and doubles are rounded to the nearest float. */
final class PlainElements {
    private PlainElements() {}

    static void f32(MemorySegment b, long at, float[] y, int yAt, int count) {
        MemorySegment.copy(b, Bytes.F32, at, y, yAt, count);
    }

    static void f16(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = Float.float16ToFloat(b.get(Bytes.I16, at + 2L * i));
        }
    }

    /** The top half of an f32. */
    static void bf16(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = Float.intBitsToFloat(b.get(Bytes.I16, at + 2L * i) << 16);
        }
    }

    static void f64(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = (float) b.get(Bytes.F64, at + 8L * i);
        }
    }

    static void i8(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = b.get(ValueLayout.JAVA_BYTE, at + i);
        }
    }

    static void i16(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = b.get(Bytes.I16, at + 2L * i);
        }
    }

    static void i32(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = b.get(Bytes.I32, at + 4L * i);
        }
    }

    static void i64(MemorySegment b, long at, float[] y, int yAt, int count) {
        for (int i = 0; i < count; i++) {
            y[yAt + i] = b.get(Bytes.I64, at + 8L * i);
        }
    }
}
