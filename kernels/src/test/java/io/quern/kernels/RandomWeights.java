package io.quern.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Weights of every kind from a seed: all codes occur, scales are ordinary numbers of both signs. */
final class RandomWeights {
    private RandomWeights() {}

    /** Random blocks; each float field gets a value of about 0.01 to 1. */
    static BlockWeights blocks(TensorType type, int rows, int columns, Random random) {
        byte[] bytes = new byte[Math.toIntExact(type.byteSize((long) rows * columns))];
        random.nextBytes(bytes);
        MemorySegment data = MemorySegment.ofArray(bytes);
        for (int at = 0; at < bytes.length; at += type.bytesPerBlock()) {
            putScales(type, data, at, random);
        }
        return new BlockWeights(type, rows, columns, data);
    }

    private static void putScales(TensorType type, MemorySegment data, int at, Random random) {
        switch (type) {
            case F32 -> data.set(Bytes.F32, at, (float) random.nextGaussian());
            case F64 -> data.set(Bytes.F64, at, random.nextGaussian());
            case BF16 ->
                data.set(Bytes.I16, at, (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16));
            case F16, Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ1_S, Q1_0, Q2_0 ->
                half(data, at, random);
            case Q4_1, Q5_1, Q4_K, Q5_K -> halves(data, at, random);
            case Q2_K -> halves(data, at + 80, random);
            case Q3_K -> half(data, at + 108, random);
            case Q6_K -> half(data, at + 208, random);
            case Q8_K -> data.set(Bytes.F32, at, scale(random));
            case TQ1_0 -> half(data, at + 52, random);
            case TQ2_0 -> half(data, at + 64, random);
            // The scale's four nibbles are the top ones of four words; the last holds sign and exponent.
            case IQ1_M -> data.set(Bytes.I16, at + 54, (short) (0x2000 | data.get(Bytes.I16, at + 54) & 0x0FFF));
            case MXFP4 -> data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (115 + random.nextInt(12)));
            default -> {}
        }
    }

    private static float scale(Random random) {
        return (0.01f + random.nextFloat()) * (random.nextBoolean() ? 1 : -1);
    }

    private static void half(MemorySegment data, long at, Random random) {
        data.set(Bytes.I16, at, Float.floatToFloat16(scale(random)));
    }

    private static void halves(MemorySegment data, long at, Random random) {
        half(data, at, random);
        half(data, at + 2, random);
    }

    static float[] gaussian(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
