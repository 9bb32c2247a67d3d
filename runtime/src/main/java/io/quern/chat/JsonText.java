package io.quern.chat;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The filter {@code tojson}: JSON in the layout of Python's {@code json.dumps}, without escapes for HTML. */
final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private final Budget budget;
    private final boolean asciiOnly;
    private final boolean sortsKeys;
    private final String indent;
    private final String itemSeparator;
    private final String keySeparator;

    private JsonText(Arguments.Bound options, Budget budget) {
        this.budget = budget;
        this.asciiOnly = options.flag(0);
        this.indent = indent(options);
        this.sortsKeys = options.flag(3);
        if (options.or(2, null) instanceof List<?> pair && pair.size() == 2
                && pair.get(0) instanceof String item && pair.get(1) instanceof String key) {
            this.itemSeparator = item;
            this.keySeparator = key;
        } else if (options.or(2, null) == null) {
            this.itemSeparator = indent == null ? ", " : ",";
            this.keySeparator = ": ";
        } else {
            throw new TemplateError("tojson expects two strings as 'separators'");
        }
    }

    static String of(Object value, Arguments arguments, Budget budget) {
        JsonText json = new JsonText(
                arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys"), budget);
        json.write(value, 0);
        budget.text(json.out.length());
        return json.out.toString();
    }

    private static String indent(Arguments.Bound options) {
        return switch (options.or(1, null)) {
            case null -> null;
            case String text when text.length() <= 64 -> text;
            default -> " ".repeat(Math.clamp(options.number(1, 0), 0, 64));
        };
    }

    private void write(Object value, int depth) {
        budget.enter();
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag.booleanValue());
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(number);
            case Double number -> out.append(floating(number));
            case String text -> string(text);
            case List<?> list when !(list instanceof PythonList view) || view.kind() == PythonList.Kind.TUPLE ->
                list(list, depth);
            case Map<?, ?> map -> map(map, depth);
            default -> throw new TemplateError("Object of type " + Values.typeName(value)
                    + " is not JSON serializable");
        }
        if (out.length() > Budget.MAX_TEXT) {
            budget.text(out.length());
        }
        budget.leave();
    }

    private static String floating(double value) {
        return Double.isNaN(value) ? "NaN" : Double.isInfinite(value) ? value > 0 ? "Infinity" : "-Infinity"
                : PythonText.floating(value);
    }

    private void list(List<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        String separator = "[";
        for (Object element : list) {
            out.append(separator);
            newline(depth + 1);
            write(element, depth + 1);
            separator = itemSeparator;
        }
        newline(depth);
        out.append(']');
    }

    private void map(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        Iterator<? extends Map.Entry<?, ?>> entries = sortsKeys
                ? map.entrySet().stream().sorted((a, b) -> Comparisons.compare(a.getKey(), b.getKey(), budget))
                        .iterator()
                : map.entrySet().iterator();
        String separator = "{";
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            out.append(separator);
            newline(depth + 1);
            string(key(entry.getKey()));
            out.append(keySeparator);
            write(entry.getValue(), depth + 1);
            separator = itemSeparator;
        }
        newline(depth);
        out.append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case null -> "null";
            case String text -> text;
            case Double number -> floating(number);
            default -> key.toString();
        };
    }

    private void newline(int depth) {
        if (indent != null) {
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private void string(String text) {
        budget.scan(text.length(), 1);
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < 0x20 || asciiOnly && c > 0x7e) {
                        out.append("\\u").append(Character.forDigit(c >> 12, 16))
                                .append(Character.forDigit(c >> 8 & 15, 16))
                                .append(Character.forDigit(c >> 4 & 15, 16)).append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
