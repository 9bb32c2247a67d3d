package io.quern.gguf;

import io.quern.QuernException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/** Typed access to metadata; every refusal names the file and the key. */
record GgufMetadata(String file, Map<String, Object> values) {
    boolean has(String key) {
        return values.containsKey(key);
    }

    String string(String key, String absent) {
        return switch (values.get(key)) {
            case null -> absent;
            case String value -> value;
            default -> throw wrongType(key, "a string");
        };
    }

    String requireString(String key) {
        require(key);
        return string(key, null);
    }

    /** An integer from the smallest to the largest that is sensible. */
    int integer(String key, int absent, int from, int to) {
        return switch (values.get(key)) {
            case null -> absent;
            case Long value -> inRange(key, value, from, to);
            default -> throw wrongType(key, "an integer");
        };
    }

    int requireInteger(String key, int from, int to) {
        require(key);
        return integer(key, 0, from, to);
    }

    /** An integer, or an array that says the same integer for every layer. */
    int perLayer(String key, int layers, int absent, int from, int to) {
        long[] array = switch (values.get(key)) {
            case int[] ints -> Arrays.stream(ints).asLongStream().toArray();
            case long[] longs -> longs;
            case null, default -> null;
        };
        if (array == null) {
            return integer(key, absent, from, to);
        }
        if (array.length != layers || LongStream.of(array).distinct().count() != 1) {
            throw new QuernException(file + ": key '" + key + "' differs from layer to layer or has not " + layers
                    + " entries; models with unequal layers are not supported");
        }
        return inRange(key, array[0], from, to);
    }

    /** A finite number. */
    double number(String key, double absent) {
        double value = switch (values.get(key)) {
            case null -> absent;
            case Long number -> number;
            case Float number -> number.doubleValue();
            case Double number -> number;
            default -> throw wrongType(key, "a number");
        };
        if (!Double.isFinite(value)) {
            throw new QuernException(file + ": key '" + key + "' is " + value + ", expected a finite number");
        }
        return value;
    }

    double requireNumber(String key) {
        require(key);
        return number(key, 0);
    }

    QuernException fail(String message) {
        return new QuernException(file + ": " + message);
    }

    private void require(String key) {
        if (!has(key)) {
            throw fail("key '" + key + "' is missing");
        }
    }

    private int inRange(String key, long value, int from, int to) {
        if (value < from || value > to) {
            throw fail("key '" + key + "' is " + value + ", expected " + from + " to " + to);
        }
        return (int) value;
    }

    private QuernException wrongType(String key, String expected) {
        return fail("key '" + key + "' is " + values.get(key).getClass().getSimpleName() + ", expected " + expected);
    }
}
