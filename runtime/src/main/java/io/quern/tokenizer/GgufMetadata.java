package io.quern.tokenizer;

import io.quern.QuernException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Typed access to a file's metadata, whatever Java types its reader uses for numbers and arrays. */
final class GgufMetadata {
    private final Map<String, ?> values;

    GgufMetadata(Map<String, ?> values) {
        this.values = values;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** @throws QuernException if the key is missing or no string */
    String string(String key) {
        if (!has(key)) {
            throw new QuernException("no key " + key + " in the file's metadata: expected a string");
        }
        return string(key, null);
    }

    String string(String key, String otherwise) {
        Object value = values.get(key);
        if (value == null || value instanceof String) {
            return value == null ? otherwise : (String) value;
        }
        throw wrong(key, "a string", value);
    }

    boolean bool(String key, boolean otherwise) {
        Object value = values.get(key);
        if (value == null || value instanceof Boolean) {
            return value == null ? otherwise : (Boolean) value;
        }
        throw wrong(key, "a boolean", value);
    }

    /** The id under a key; {@code otherwise} if it is missing or not below {@code limit}. */
    int id(String key, int limit, int otherwise) {
        Object value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Number number)) {
            throw wrong(key, "a number", value);
        }
        long id = number.longValue();
        return id >= 0 && id < limit ? (int) id : otherwise;
    }

    /** @throws QuernException if the key is missing or no array of strings */
    String[] strings(String key) {
        Object value = values.get(key);
        if (value instanceof String[] strings) {
            return strings;
        }
        if (value == null) {
            throw new QuernException("no key " + key + " in the file's metadata: expected an array of strings");
        }
        String[] strings = new String[length(key, value)];
        for (int i = 0; i < strings.length; i++) {
            if (!(element(value, i) instanceof String string)) {
                throw wrong(key, "an array of strings", element(value, i));
            }
            strings[i] = string;
        }
        return strings;
    }

    /**
     * The first {@code length} numbers of an array, or null if the key is missing.
     *
     * @throws QuernException if it is no array of numbers or shorter
     */
    float[] floats(String key, int length) {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        if (length(key, value) < length) {
            throw new QuernException(key + " has " + length(key, value) + " entries: expected " + length
                    + ", one for each token");
        }
        if (value instanceof float[] numbers) {
            return Arrays.copyOf(numbers, length);
        }
        float[] floats = new float[length];
        if (value instanceof int[] numbers) {
            for (int i = 0; i < length; i++) {
                floats[i] = numbers[i];
            }
            return floats;
        }
        for (int i = 0; i < length; i++) {
            if (!(element(value, i) instanceof Number number)) {
                throw wrong(key, "an array of numbers", element(value, i));
            }
            floats[i] = number.floatValue();
        }
        return floats;
    }

    private static int length(String key, Object value) {
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value.getClass().isArray()) {
            return Array.getLength(value);
        }
        throw wrong(key, "an array", value);
    }

    private static Object element(Object value, int index) {
        return value instanceof List<?> list ? list.get(index) : Array.get(value, index);
    }

    private static QuernException wrong(String key, String expected, Object found) {
        return new QuernException(key + " is " + (found == null ? "null" : found.getClass().getSimpleName())
                + ": expected " + expected);
    }
}
