package io.quern.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Conversion of stored f16 to f32. */
final class HalfFloats {
    private HalfFloats() {}

    /**
     * Exact. C2 turns this loop into vector conversions (VectorCastHF2F), which the Vector API does not offer in JDK
     * 25; integer steps of the Vector API were no faster and need care with subnormal numbers.
     */
    static void toFloats(MemorySegment source, long byteOffset, float[] target, int targetOffset, int count) {
        for (int i = 0; i < count; i++) {
            short bits = source.get(ValueLayout.JAVA_SHORT, byteOffset + 2L * i);
            target[targetOffset + i] = Float.float16ToFloat(bits);
        }
    }
}
