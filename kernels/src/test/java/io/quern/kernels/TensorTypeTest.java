package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTypeTest {
    private static final int PAD = 3;

    /** Decodes into the middle of a NaN-filled array and checks that nothing else was written. */
    private static int[] dequantizedBits(TensorType type, MemorySegment source, long byteOffset, int elementCount) {
        float[] target = new float[elementCount + 2 * PAD];
        Arrays.fill(target, Float.NaN);
        type.dequantize(source, byteOffset, target, PAD, elementCount);
        for (int i = 0; i < PAD; i++) {
            assertTrue(Float.isNaN(target[i]) && Float.isNaN(target[target.length - 1 - i]), "wrote outside its range");
        }
        return bits(Arrays.copyOfRange(target, PAD, PAD + elementCount));
    }

    private static int[] bits(float[] values) {
        return IntStream.range(0, values.length)
                .map(i -> Float.floatToIntBits(values[i]))
                .toArray();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"F32", "F16", "BF16", "F64", "I8", "I16", "I32", "I64"})
    void blocksGiveTheReferenceValuesBitForBit(TensorType type) throws IOException {
        SafetensorsVectors vectors = new SafetensorsVectors(Shared.path("oracle/ggml_dequant_vectors.safetensors"));
        MemorySegment blocks = vectors.bytes(type + ".bytes");
        float[] expected = vectors.floats(type + ".expected");
        assertEquals(blocks.byteSize(), type.byteSize(expected.length));
        assertArrayEquals(bits(expected), dequantizedBits(type, blocks, 0, expected.length));

        // The third block alone, at an odd address.
        byte[] shifted = new byte[type.bytesPerBlock() + 1];
        MemorySegment.copy(
                blocks, 2L * type.bytesPerBlock(), MemorySegment.ofArray(shifted), 1, type.bytesPerBlock());
        int n = type.elementsPerBlock();
        assertArrayEquals(
                bits(Arrays.copyOfRange(expected, 2 * n, 3 * n)),
                dequantizedBits(type, MemorySegment.ofArray(shifted), 1, n));
    }

    @Test
    void plainTypes() {
        ByteBuffer b = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        MemorySegment source = MemorySegment.ofArray(b.array());
        b.putFloat(1, 1.1f).putFloat(5, Float.NEGATIVE_INFINITY);
        assertArrayEquals(bits(new float[] {1.1f, Float.NEGATIVE_INFINITY}), dequantizedBits(TensorType.F32, source, 1,
                2));
        b.putShort(1, (short) 0x3C01).putShort(3, (short) 0x8001);
        assertArrayEquals(
                bits(new float[] {1.0009765625f, -5.9604645e-8f}), dequantizedBits(TensorType.F16, source, 1, 2));
        b.putShort(1, (short) 0x3FC0).putShort(3, (short) 0xFF80);
        assertArrayEquals(
                bits(new float[] {1.5f, Float.NEGATIVE_INFINITY}), dequantizedBits(TensorType.BF16, source, 1, 2));
        b.putDouble(1, 0.1).putDouble(9, -1e300);
        assertArrayEquals(
                bits(new float[] {0.1f, Float.NEGATIVE_INFINITY}), dequantizedBits(TensorType.F64, source, 1, 2));
        b.put(1, (byte) -128).put(2, (byte) 7);
        assertArrayEquals(bits(new float[] {-128, 7}), dequantizedBits(TensorType.I8, source, 1, 2));
        b.putShort(1, (short) -300).putShort(3, (short) 300);
        assertArrayEquals(bits(new float[] {-300, 300}), dequantizedBits(TensorType.I16, source, 1, 2));
        b.putInt(1, -70000).putInt(5, 70000);
        assertArrayEquals(bits(new float[] {-70000, 70000}), dequantizedBits(TensorType.I32, source, 1, 2));
        b.putLong(1, -(1L << 40)).putLong(9, 3);
        assertArrayEquals(bits(new float[] {-0x1p40f, 3}), dequantizedBits(TensorType.I64, source, 1, 2));
    }

    @Test
    void idsAreUniqueAndLeadBack() {
        Set<TensorType> seen = EnumSet.noneOf(TensorType.class);
        for (TensorType type : TensorType.values()) {
            assertEquals(type, TensorType.ofId(type.id()));
            assertTrue(seen.add(TensorType.ofId(type.id())));
        }
        assertEquals(26, seen.stream().filter(type -> !type.isPlain()).count());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, 5, 9, 31, 32, 33, 36, 37, 38, 43, 97, 144, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void unknownIdsAreRefused(int id) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> TensorType.ofId(id));
        assertTrue(e.getMessage().contains(Integer.toString(id)), e.getMessage());
    }

    @Test
    void sizes() {
        assertEquals(36, TensorType.Q4_0.byteSize(64));
        assertEquals(0, TensorType.Q6_K.byteSize(0));
        assertEquals(1L << 41, TensorType.F32.byteSize(1L << 39));
        assertThrows(IllegalArgumentException.class, () -> TensorType.Q4_0.byteSize(33));
        assertThrows(IllegalArgumentException.class, () -> TensorType.Q4_0.byteSize(-32));
        assertThrows(ArithmeticException.class, () -> TensorType.F64.byteSize(1L << 61));
    }

    @Test
    void boundsAreChecked() {
        MemorySegment source = MemorySegment.ofArray(new byte[36]);
        float[] target = new float[64];
        TensorType.Q4_0.dequantize(source, 0, target, 0, 64);
        TensorType.Q4_0.dequantize(source, 36, target, 64, 0);
        assertThrows(
                IndexOutOfBoundsException.class, () -> TensorType.Q4_0.dequantize(source, 1, target, 0, 64));
        assertThrows(
                IndexOutOfBoundsException.class, () -> TensorType.Q4_0.dequantize(source, -1, target, 0, 32));
        assertThrows(
                IndexOutOfBoundsException.class, () -> TensorType.Q4_0.dequantize(source, 0, target, 33, 32));
        assertThrows(
                IllegalArgumentException.class, () -> TensorType.Q4_0.dequantize(source, 0, target, 0, 31));
    }
}
