package io.quern.kernels;

/** Conversion between f16 and f32 over arrays. */
final class HalfFloats {
    private HalfFloats() {}

    /**
     * Exact. C2 turns this loop into vector conversions (VectorCastHF2F), which the Vector API does not offer in JDK
     * 25.
     */
    static void toFloats(short[] source, int sourceOffset, float[] target, int targetOffset, int count) {
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = Float.float16ToFloat(source[sourceOffset + i]);
        }
    }
}
