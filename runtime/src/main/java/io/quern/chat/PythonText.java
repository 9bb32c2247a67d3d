package io.quern.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Python's {@code str} and {@code repr} of values, and its idea of white space. */
final class PythonText {
    private PythonText() {}

    /** What printing a value gives. */
    static String str(Object value, Budget budget) {
        return value instanceof String text ? text : written(value, false, budget);
    }

    static String repr(Object value, Budget budget) {
        return written(value, true, budget);
    }

    private static String written(Object value, boolean repr, Budget budget) {
        StringBuilder out = new StringBuilder();
        write(value, repr, out, budget);
        budget.text(out.length());
        return out.toString();
    }

    private static void write(Object value, boolean repr, StringBuilder out, Budget budget) {
        budget.enter();
        switch (value) {
            case null -> out.append("None");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(number);
            case Double number -> out.append(floating(number));
            case String text -> out.append(repr ? repr(text) : text);
            case Undefined _ -> out.append(repr ? "Undefined" : "");
            case PythonList list -> writeList(list, list.kind(), out, budget);
            case List<?> list -> writeElements(list, "[", "]", out, budget);
            case Map<?, ?> map -> writeMap(map, out, budget);
            case Namespace namespace -> {
                out.append("<Namespace ");
                writeMap(namespace.fields, out, budget);
                out.append('>');
            }
            case Generated _ -> out.append("<generator object>");
            case Callable callable -> out.append("<function ").append(callable.name()).append('>');
            default -> out.append('<').append(Values.typeName(value)).append('>');
        }
        if (out.length() > Budget.MAX_TEXT) {
            budget.text(out.length());
        }
        budget.leave();
    }

    private static void writeList(List<?> list, PythonList.Kind kind, StringBuilder out, Budget budget) {
        switch (kind) {
            case TUPLE -> writeElements(list, "(", list.size() == 1 ? ",)" : ")", out, budget);
            case RANGE -> {
                long first = list.isEmpty() ? 0 : (long) list.getFirst();
                long step = list.size() < 2 ? 1 : (long) list.get(1) - first;
                out.append("range(").append(first).append(", ").append(first + step * list.size());
                out.append(step == 1 ? "" : ", " + step).append(')');
            }
            default -> writeElements(list, kind.typeName + "([", "])", out, budget);
        }
    }

    private static void writeElements(List<?> list, String open, String close, StringBuilder out, Budget budget) {
        out.append(open);
        String separator = "";
        for (Object element : list) {
            out.append(separator);
            write(element, true, out, budget);
            separator = ", ";
        }
        out.append(close);
    }

    private static void writeMap(Map<?, ?> map, StringBuilder out, Budget budget) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            write(entry.getKey(), true, out, budget);
            out.append(": ");
            write(entry.getValue(), true, out, budget);
            separator = ", ";
        }
        out.append('}');
    }

    /** The shortest digits that read back, in Python's layout: an exponent below 1e-4 and from 1e16 on. */
    static String floating(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        String digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        String sign = value < 0 ? "-" : "";
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.abs().toPlainString();
            return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
        }
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        String power = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : String.valueOf(Math.abs(exponent));
        return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + power;
    }

    /** A string in quotes, single ones unless it contains only those. */
    static String repr(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format(Locale.ROOT,
                                c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        return out.append(quote).toString();
    }

    private static boolean isPrintable(int c) {
        return c == ' ' || switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
                false;
            default -> true;
        };
    }

    /** Python counts the no-break spaces and NEL, which Java does not. */
    static boolean isSpace(char c) {
        return Character.isWhitespace(c) || c == 0x85 || c == 0xa0 || c == 0x2007 || c == 0x202f;
    }

    static String strip(String text) {
        return stripLeft(stripRight(text));
    }

    static String stripLeft(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String stripRight(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }
}
