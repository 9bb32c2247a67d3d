package io.quern.chat;

import io.quern.chat.Filters.Filter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that make numbers. */
final class NumberFilters {
    private NumberFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("abs", (value, arguments, evaluator) -> {
            arguments.bind("filter 'abs'");
            Object number = Operators.requireNumber(value, "abs()");
            return Operators.real(number) < 0 ? Operators.negate(number)
                    : number instanceof Boolean ? Operators.integer(number) : number;
        });
        filters.put("int", NumberFilters::toInteger);
        filters.put("float", NumberFilters::toFloat);
        filters.put("round", NumberFilters::round);
    }

    private static Object toInteger(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'int'", "default", "base");
        Object otherwise = bound.or(0, 0L);
        switch (value) {
            case Undefined undefined -> throw undefined.error();
            case Long number -> {
                return number;
            }
            case Boolean flag -> {
                return Operators.integer(flag);
            }
            case Double number -> {
                return Math.abs(number) < 0x1p63 ? (Object) number.longValue() : otherwise;
            }
            case String text -> {
                String digits = PythonText.strip(text).replace("_", "");
                try {
                    return Long.parseLong(withoutPrefix(digits, bound.number(1, 10)), bound.number(1, 10));
                } catch (NumberFormatException e) {
                    Double number = parse(digits);
                    return number != null && Math.abs(number) < 0x1p63 ? (Object) number.longValue() : otherwise;
                }
            }
            case null, default -> {
                return otherwise;
            }
        }
    }

    /** {@code 0x}, {@code 0o} and {@code 0b} may stand before digits of their base. */
    private static String withoutPrefix(String digits, int base) {
        String prefix = switch (base) {
            case 16 -> "0x";
            case 8 -> "0o";
            case 2 -> "0b";
            default -> null;
        };
        return prefix != null && digits.regionMatches(true, 0, prefix, 0, 2) ? digits.substring(2) : digits;
    }

    private static Object toFloat(Object value, Arguments arguments, Evaluator evaluator) {
        Object otherwise = arguments.bind("filter 'float'", "default").or(0, 0.0);
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (Values.isNumber(value)) {
            return Operators.real(value);
        }
        Double number = value instanceof String text ? parse(PythonText.strip(text).replace("_", "")) : null;
        return number != null ? number : otherwise;
    }

    /** A decimal number as Python reads it, or null; Java's own suffixes and hexadecimal floats are none. */
    private static Double parse(String text) {
        if (text.length() > 1000 || text.isEmpty()
                || !text.chars().allMatch(c -> c >= '0' && c <= '9' || "+-.eE".indexOf(c) >= 0)) {
            return switch (text) {
                case "inf", "Infinity", "+inf" -> Double.POSITIVE_INFINITY;
                case "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
                case "nan" -> Double.NaN;
                default -> null;
            };
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Object round(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'round'", "precision", "method");
        Object number = Operators.requireNumber(value, "round");
        String method = bound.text(1, "common");
        int precision = Math.clamp(bound.number(0, 0), -400, 400);
        RoundingMode mode = switch (method) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new TemplateError("round: method must be common, ceil or floor, found '" + method + "'");
        };
        if (method.equals("common") && !(number instanceof Double)) {
            return precision >= 0 ? number instanceof Boolean ? Operators.integer(number) : number
                    : new BigDecimal(Operators.integer(number)).setScale(precision, mode).longValueExact();
        }
        double real = Operators.real(number);
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            return real;
        }
        if (method.equals("common")) {
            return new BigDecimal(real).setScale(precision, mode).doubleValue();
        }
        double scale = Math.pow(10, precision);
        return (method.equals("ceil") ? Math.ceil(real * scale) : Math.floor(real * scale)) / scale;
    }
}
