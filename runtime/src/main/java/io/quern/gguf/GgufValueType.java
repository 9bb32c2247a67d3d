package io.quern.gguf;

import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The types of metadata values, in the order of their numbers, and how each is read.
 *
 * <p>Integers of all widths become Long (BigInteger for u64 beyond it), f32 Float, f64 Double. Arrays are {@code
 * String[]}, {@code float[]}, {@code double[]}, {@code boolean[]}, {@code byte[]} for both 8-bit types, {@code int[]}
 * for i32, and for u32 if all fit, else {@code long[]}.
 */
enum GgufValueType {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    U64(8),
    I64(8),
    F64(8);

    private static final long MAX_ARRAY_LENGTH = 1L << 30;

    private final int minimumBytes;

    GgufValueType(int minimumBytes) {
        this.minimumBytes = minimumBytes;
    }

    /** Reads the type's number and then the value. */
    static Object readValue(GgufCursor in, String key) {
        GgufValueType type = readType(in, key);
        return type == ARRAY ? readArray(in, key) : type.readScalar(in, key);
    }

    /** Reads the number of a type. */
    static GgufValueType readType(GgufCursor in, String key) {
        int id = in.i32(key);
        if (id < 0 || id >= values().length) {
            throw in.fail("key '" + key + "' has value type " + id + ", expected 0 to " + (values().length - 1));
        }
        return values()[id];
    }

    /** Reads one value that is not an array. */
    Object readScalar(GgufCursor in, String key) {
        return switch (this) {
            case U8 -> Byte.toUnsignedLong(in.i8(key));
            case I8 -> (long) in.i8(key);
            case U16 -> Short.toUnsignedLong(in.i16(key));
            case I16 -> (long) in.i16(key);
            case U32 -> Integer.toUnsignedLong(in.i32(key));
            case I32 -> (long) in.i32(key);
            case F32 -> Float.intBitsToFloat(in.i32(key));
            case BOOL -> in.i8(key) != 0;
            case STRING -> in.string(key);
            case U64 -> unsigned(in.i64(key));
            case I64 -> in.i64(key);
            case F64 -> Double.longBitsToDouble(in.i64(key));
            case ARRAY -> throw new IllegalStateException();
        };
    }

    private static Object readArray(GgufCursor in, String key) {
        GgufValueType type = readType(in, key);
        if (type == ARRAY) {
            throw in.fail("key '" + key + "' is an array of arrays");
        }
        long length = in.i64(key + " length");
        if (length < 0 || length > MAX_ARRAY_LENGTH) {
            throw in.fail("key '" + key + "' is an array of " + Long.toUnsignedString(length) + " elements, at most "
                    + MAX_ARRAY_LENGTH);
        }
        in.requireRoom(length, type.minimumBytes, "key '" + key + "'");
        return type.readElements(in, key, (int) length);
    }

    private Object readElements(GgufCursor in, String key, int count) {
        return switch (this) {
            case U8, I8 -> readBytes(in, key, count);
            case U16, I16 -> {
                short[] values = new short[count];
                in.copy(ValueLayout.JAVA_SHORT, values, count, key);
                long[] result = new long[count];
                Arrays.setAll(result, i -> this == U16 ? Short.toUnsignedLong(values[i]) : values[i]);
                yield result;
            }
            case U32, I32 -> {
                int[] values = new int[count];
                in.copy(ValueLayout.JAVA_INT, values, count, key);
                boolean fits = this == I32 || Arrays.stream(values).allMatch(value -> value >= 0);
                yield fits ? values : Arrays.stream(values).mapToLong(Integer::toUnsignedLong).toArray();
            }
            case U64, I64 -> {
                long[] values = new long[count];
                in.copy(ValueLayout.JAVA_LONG, values, count, key);
                boolean fits = this == I64 || Arrays.stream(values).allMatch(value -> value >= 0);
                yield fits ? values : Arrays.stream(values).mapToObj(GgufValueType::big).toArray(BigInteger[]::new);
            }
            case F32 -> {
                float[] values = new float[count];
                in.copy(ValueLayout.JAVA_FLOAT, values, count, key);
                yield values;
            }
            case F64 -> {
                double[] values = new double[count];
                in.copy(ValueLayout.JAVA_DOUBLE, values, count, key);
                yield values;
            }
            case BOOL -> {
                byte[] values = readBytes(in, key, count);
                boolean[] result = new boolean[count];
                for (int i = 0; i < count; i++) {
                    result[i] = values[i] != 0;
                }
                yield result;
            }
            case STRING -> in.strings(count, key);
            case ARRAY -> throw new IllegalStateException();
        };
    }

    private static byte[] readBytes(GgufCursor in, String key, int count) {
        byte[] values = new byte[count];
        in.copy(ValueLayout.JAVA_BYTE, values, count, key);
        return values;
    }

    private static Object unsigned(long value) {
        return value >= 0 ? (Object) value : big(value);
    }

    private static BigInteger big(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
