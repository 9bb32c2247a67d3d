package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KvCacheTest {
    @Test
    void keepsWhatIsStoredAsF16() {
        Random random = OpsRandom.create();
        for (int headSize : new int[] {2, 16, 34, 64, 80, 128}) {
            int width = 3 * headSize;
            int positions = 300;
            try (KvCache cache = new KvCache(TensorType.F16, 2, 3, headSize, 301)) {
                float[] keys = OpsRandom.gaussian(random, 2 * positions * width + 1, 1);
                float[] values = OpsRandom.gaussian(random, 2 * positions * width + 2, 1e-4);
                for (int position = 0; position < positions; position++) {
                    cache.ensure(position + 1);
                    for (int layer = 0; layer < 2; layer++) {
                        int at = (layer * positions + position) * width;
                        cache.store(layer, position, keys, 1 + at, values, 2 + at);
                    }
                }
                for (int layer = 0; layer < 2; layer++) {
                    for (int position = 0; position < positions; position++) {
                        for (int i = 0; i < width; i++) {
                            int at = (layer * positions + position) * width + i;
                            assertEquals(half(keys[1 + at]), cache.key(layer, i / headSize, position, i % headSize));
                            assertEquals(half(values[2 + at]), cache.value(layer, i / headSize, position, i
                                    % headSize));
                        }
                    }
                }
            }
        }
    }

    private static float half(float x) {
        return Float.float16ToFloat(Float.floatToFloat16(x));
    }

    @Test
    void everyHalfFloatConvertsExactly() {
        int count = 1 << 16;
        MemorySegment all = Arena.ofAuto().allocate(2L * count + 2, 2);
        for (int i = 0; i < count; i++) {
            all.set(ValueLayout.JAVA_SHORT, 2 + 2L * i, (short) i);
        }
        float[] floats = new float[count];
        for (int pass = 0; pass < 300; pass++) { // so that the compiled loop is tested
            HalfFloats.toFloats(all, 2, floats, 0, count);
        }
        for (int i = 0; i < count; i++) {
            assertEquals(scalarToFloat(i), floats[i], "f16 " + Integer.toHexString(i));
        }
    }

    /** IEEE 754 binary16, from its definition. */
    private static float scalarToFloat(int bits) {
        int exponent = bits >> 10 & 31;
        int mantissa = bits & 1023;
        double magnitude = exponent == 0 ? Math.scalb((double) mantissa, -24)
                : exponent < 31 ? Math.scalb(1024.0 + mantissa, exponent - 25)
                : mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        return (float) (bits >> 15 == 0 ? magnitude : -magnitude);
    }

    @Test
    void keepsF32AsItIs() {
        Random random = OpsRandom.create();
        try (KvCache cache = new KvCache(TensorType.F32, 2, 2, 48, 100)) {
            float[] keys = OpsRandom.gaussian(random, 100 * 96, 1e5);
            float[] values = OpsRandom.gaussian(random, 100 * 96, 1e-9);
            cache.ensure(100);
            assertEquals(KvCache.byteSize(TensorType.F32, 2, 2, 48, 128), cache.byteSize());
            for (int position = 0; position < 100; position++) {
                cache.store(1, position, keys, position * 96, values, position * 96);
            }
            for (int i = 0; i < 100 * 96; i++) {
                assertEquals(keys[i], cache.key(1, i % 96 / 48, i / 96, i % 48));
                assertEquals(values[i], cache.value(1, i % 96 / 48, i / 96, i % 48));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new KvCache(TensorType.Q8_0, 1, 1, 64, 10));
    }

    @Test
    void growsWithTheContextOnly() {
        try (KvCache cache = new KvCache(TensorType.F16, 4, 2, 64, 200_000)) {
            assertEquals(0, cache.byteSize());
            cache.ensure(1);
            assertEquals(KvCache.byteSize(TensorType.F16, 4, 2, 64, 256), cache.byteSize());
            cache.ensure(256);
            assertEquals(KvCache.byteSize(TensorType.F16, 4, 2, 64, 256), cache.byteSize());
            cache.ensure(257);
            assertEquals(KvCache.byteSize(TensorType.F16, 4, 2, 64, 512), cache.byteSize());
        }
        assertEquals(4L * 2 * 64 * 4 * 128, KvCache.byteSize(TensorType.F16, 4, 2, 64, 65),
                "f16 keys and values, whole pages");
        try (KvCache small = new KvCache(TensorType.F16, 1, 1, 32, 70)) {
            small.ensure(70);
            assertEquals(KvCache.byteSize(TensorType.F16, 1, 1, 32, 128), small.byteSize());
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new KvCache(TensorType.F16, 1, 1, 63, 10));
        assertThrows(IllegalArgumentException.class, () -> new KvCache(TensorType.F16, 0, 1, 64, 10));
        try (KvCache cache = new KvCache(TensorType.F16, 1, 1, 64, 10)) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> cache.ensure(11)).getMessage().contains(
                    "11"));
            float[] x = new float[64];
            assertThrows(IndexOutOfBoundsException.class, () -> cache.store(0, 0, x, 0, x, 0));
            cache.ensure(10);
            assertThrows(IndexOutOfBoundsException.class, () -> cache.store(1, 0, x, 0, x, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> cache.store(0, 10, x, 0, x, 0));
        }
    }

    @Test
    void isOfNoUseAfterClose() {
        KvCache cache = new KvCache(TensorType.F16, 1, 1, 64, 10);
        cache.ensure(10);
        cache.close();
        cache.close();
        float[] x = new float[64];
        assertThrows(IndexOutOfBoundsException.class, () -> cache.store(0, 0, x, 0, x, 0));
        assertThrows(IllegalStateException.class, () -> cache.ensure(1));
        assertEquals(0, cache.byteSize());
    }
}
