package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Typed access to a JSON object of settings; every refusal names the file and the key. A null counts as absent. */
record JsonSettings(String where, Map<String, Object> values) {
    static JsonSettings empty(String where) {
        return new JsonSettings(where, Map.of());
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    /** Whether the key is there, be it with a null. */
    boolean mentions(String key) {
        return values.containsKey(key);
    }

    Object get(String key) {
        return values.get(key);
    }

    String string(String key, String absent) {
        return switch (values.get(key)) {
            case null -> absent;
            case String value -> value;
            case Object other -> throw wrongType(key, "a string", other);
        };
    }

    boolean bool(String key, boolean absent) {
        return switch (values.get(key)) {
            case null -> absent;
            case Boolean value -> value;
            case Object other -> throw wrongType(key, "true or false", other);
        };
    }

    int integer(String key, int absent, int from, int to) {
        return switch (values.get(key)) {
            case null -> absent;
            case Long value when value >= from && value <= to -> value.intValue();
            case Long value -> throw fail("key '" + key + "' is " + value + ", expected " + from + " to " + to);
            case Object other -> throw wrongType(key, "an integer", other);
        };
    }

    int requireInteger(String key, int from, int to) {
        if (!has(key)) {
            throw fail("key '" + key + "' is missing");
        }
        return integer(key, 0, from, to);
    }

    /** A finite number. */
    double number(String key, double absent) {
        double value = switch (values.get(key)) {
            case null -> absent;
            case Long integer -> integer;
            case Double number -> number;
            case Object other -> throw wrongType(key, "a number", other);
        };
        if (!Double.isFinite(value)) {
            throw fail("key '" + key + "' is " + value + ", expected a finite number");
        }
        return value;
    }

    double requirePositive(String key) {
        double value = number(key, 0);
        if (value <= 0) {
            throw fail("key '" + key + "' is " + (has(key) ? value : "missing") + ", expected a positive number");
        }
        return value;
    }

    /** A nested object; empty if absent. */
    JsonSettings object(String key) {
        return switch (values.get(key)) {
            case null -> empty(where + ": " + key);
            case Map<?, ?> map -> of(where + ": " + key, map);
            case Object other -> throw wrongType(key, "an object", other);
        };
    }

    /** An array; empty if absent. */
    List<?> list(String key) {
        return switch (values.get(key)) {
            case null -> List.of();
            case List<?> list -> list;
            case Object other -> throw wrongType(key, "an array", other);
        };
    }

    QuernException fail(String message) {
        return new QuernException(where + ": " + message);
    }

    /** A parsed JSON object. */
    static JsonSettings of(String where, Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, value));
        return new JsonSettings(where, copy);
    }

    private QuernException wrongType(String key, String expected, Object found) {
        return fail("key '" + key + "' is " + Json.typeName(found) + ", expected " + expected);
    }
}
