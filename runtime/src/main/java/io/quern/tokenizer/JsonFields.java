package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Typed access to one object of a JSON text; what is missing or null is told from what has the wrong type. */
final class JsonFields {
    private final Map<?, ?> values;
    private final String where;

    /** @param where the path of the object, for messages */
    JsonFields(Map<?, ?> values, String where) {
        this.values = values;
        this.where = where;
    }

    String where() {
        return where;
    }

    Map<?, ?> map() {
        return values;
    }

    /** Whether there is a value that is not null. */
    boolean has(String name) {
        return values.get(name) != null;
    }

    Object get(String name) {
        return values.get(name);
    }

    /** The component's {@code type}. */
    String type() {
        return string("type");
    }

    String string(String name) {
        String value = string(name, null);
        if (value == null) {
            throw missing(name, "a string");
        }
        return value;
    }

    String string(String name, String otherwise) {
        Object value = values.get(name);
        if (value == null || value instanceof String) {
            return value == null ? otherwise : (String) value;
        }
        throw wrong(name, "a string", value);
    }

    boolean bool(String name, boolean otherwise) {
        Object value = values.get(name);
        if (value == null || value instanceof Boolean) {
            return value == null ? otherwise : (Boolean) value;
        }
        throw wrong(name, "a boolean", value);
    }

    int integer(String name, int otherwise) {
        Object value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long number && number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw wrong(name, "an integer", value);
    }

    JsonFields object(String name) {
        Object value = values.get(name);
        if (value instanceof Map<?, ?> map) {
            return new JsonFields(map, where + "." + name);
        }
        throw value == null ? missing(name, "an object") : wrong(name, "an object", value);
    }

    List<?> list(String name) {
        Object value = values.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw wrong(name, "an array", value);
    }

    List<JsonFields> objects(String name) {
        List<JsonFields> objects = new ArrayList<>();
        for (Object value : list(name)) {
            String place = where + "." + name + "[" + objects.size() + "]";
            if (!(value instanceof Map<?, ?> map)) {
                throw new QuernException(place + " is " + Json.typeName(value) + ": expected an object");
            }
            objects.add(new JsonFields(map, place));
        }
        return objects;
    }

    QuernException unsupported(String what) {
        return new QuernException(where + ": " + what + " is not supported");
    }

    private QuernException missing(String name, String expected) {
        return new QuernException(where + "." + name + " is missing: expected " + expected);
    }

    private QuernException wrong(String name, String expected, Object found) {
        return new QuernException(where + "." + name + " is " + Json.typeName(found) + ": expected " + expected);
    }
}
