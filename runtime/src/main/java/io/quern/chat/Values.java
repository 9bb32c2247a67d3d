package io.quern.chat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What values are: from Java to the language, truth, types, elements. */
final class Values {
    private static final int MAX_INPUT_DEPTH = 100;

    private Values() {}

    /** A caller's value as the language has it; lists and maps are copied. */
    static Object fromJava(Object value, String name) {
        return fromJava(value, name, 0);
    }

    private static Object fromJava(Object value, String name, int depth) {
        if (depth > MAX_INPUT_DEPTH) {
            throw new IllegalArgumentException("variable '" + name + "' nests more than " + MAX_INPUT_DEPTH + " deep");
        }
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean flag -> flag;
            case Long number -> number;
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Double number -> number;
            case Float number -> Double.valueOf(number.toString());
            case BigInteger number -> number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
            case java.math.BigDecimal number -> number.doubleValue();
            case List<?> list -> {
                List<Object> copy = new ArrayList<>(list.size());
                for (Object element : list) {
                    copy.add(fromJava(element, name, depth + 1));
                }
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new LinkedHashMap<>();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    copy.put(key(fromJava(entry.getKey(), name, depth + 1)),
                            fromJava(entry.getValue(), name, depth + 1));
                }
                yield copy;
            }
            default -> throw new IllegalArgumentException("variable '" + name + "' is a " + value.getClass().getName()
                    + "; a template takes strings, booleans, numbers, lists, maps and null");
        };
    }

    /** A key of a dict. Tuples are left out: a nest of shared ones would hash for ever. */
    static Object key(Object value) {
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Long number -> number;
            case Boolean flag -> flag;
            case Double number -> number;
            case BigInteger number -> number;
            default -> throw new TemplateError("a " + typeName(value) + " cannot be the key of a dict");
        };
    }

    /** A key, after its text has been counted: hashing and comparing it take time. */
    static Object key(Object value, Budget budget) {
        if (value instanceof String text) {
            budget.scan(text.length(), 1);
        }
        return key(value);
    }

    static boolean truthy(Object value) {
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Undefined _ -> false;
            default -> true;
        };
    }

    /** Python's name of the type. */
    static String typeName(Object value) {
        return switch (value) {
            case null -> "NoneType";
            case Boolean _ -> "bool";
            case Long _ -> "int";
            case BigInteger _ -> "int";
            case Double _ -> "float";
            case String _ -> "str";
            case PythonList list -> list.kind().typeName;
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Generated _ -> "generator";
            case Undefined _ -> "Undefined";
            case Namespace _ -> "Namespace";
            case LoopState _ -> "LoopContext";
            case Callable _ -> "function";
            default -> throw new IllegalStateException("no type of the language: " + value.getClass());
        };
    }

    /** The type as Jinja's messages name it. */
    static String describe(Object value) {
        return value == null ? "None" : typeName(value) + " object";
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean
                || value instanceof BigInteger;
    }

    static boolean isIterable(Object value) {
        return value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>
                || value instanceof Generated || value instanceof Undefined;
    }

    /** The elements of what can be iterated: of a string its code points, of a dict its keys. */
    @SuppressWarnings("unchecked")
    static List<Object> elements(Object value, Budget budget) {
        return switch (value) {
            case String text -> characters(text, budget);
            case List<?> list -> (List<Object>) list;
            case Map<?, ?> map -> {
                budget.elements(map.size());
                yield new ArrayList<>(map.keySet());
            }
            case Generated generated -> generated.drain();
            case Undefined _ -> List.of();
            case null, default -> throw new TemplateError("'" + typeName(value) + "' object is not iterable");
        };
    }

    private static List<Object> characters(String text, Budget budget) {
        budget.elements(text.length());
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    static long length(Object value, Budget budget) {
        return switch (value) {
            case String text -> {
                budget.scan(text.length(), 1);
                yield text.codePointCount(0, text.length());
            }
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined _ -> 0;
            case null, default -> throw new TemplateError("object of type '" + typeName(value) + "' has no len()");
        };
    }

    /** {@code items()} of a dict. */
    static PythonList items(Map<?, ?> map, Budget budget) {
        budget.elements(3L * map.size());
        List<Object> items = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            List<Object> pair = new ArrayList<>(2);
            pair.add(entry.getKey());
            pair.add(entry.getValue());
            items.add(PythonList.tuple(pair));
        }
        return new PythonList(PythonList.Kind.ITEMS, items);
    }
}
