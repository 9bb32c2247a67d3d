package io.quern.chat;

import java.util.ArrayList;
import java.util.List;

/** Arithmetic with Python's rules. Integers have 64 bits; beyond, it is an error. */
final class Operators {
    private Operators() {}

    static Object arithmetic(String operator, Object left, Object right, Budget budget) {
        refuseUndefined(left, right);
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return numbers(operator, left, right);
        }
        if (operator.equals("+")) {
            return add(left, right, budget);
        }
        if (operator.equals("*") && integer(right) != null) {
            return repeat(left, integer(right), right, budget);
        }
        if (operator.equals("*") && integer(left) != null) {
            return repeat(right, integer(left), left, budget);
        }
        if (operator.equals("%") && left instanceof String) {
            throw new TemplateError("formatting a string with % is not supported");
        }
        throw unsupported(operator, left, right);
    }

    static void refuseUndefined(Object left, Object right) {
        if (left instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.error();
        }
    }

    private static Object add(Object left, Object right, Budget budget) {
        if (left instanceof String a && right instanceof String b) {
            budget.text((long) a.length() + b.length());
            return a.concat(b);
        }
        boolean tuples = isTuple(left) && isTuple(right);
        if (tuples || isList(left) && isList(right)) {
            List<?> a = (List<?>) left;
            List<?> b = (List<?>) right;
            budget.elements((long) a.size() + b.size());
            List<Object> sum = new ArrayList<>(a);
            sum.addAll(b);
            return tuples ? PythonList.tuple(sum) : sum;
        }
        if (left instanceof String || isList(left)) {
            String type = Values.typeName(left);
            throw new TemplateError("can only concatenate " + type + " (not \"" + Values.typeName(right) + "\") to "
                    + type);
        }
        throw unsupported("+", left, right);
    }

    private static Object repeat(Object value, long times, Object count, Budget budget) {
        long n = Math.max(0, times);
        if (value instanceof String text) {
            budget.text(text.isEmpty() ? 0 : saturatedProduct(n, text.length()));
            return text.isEmpty() ? "" : text.repeat((int) n);
        }
        if (isList(value) || isTuple(value)) {
            List<?> list = (List<?>) value;
            budget.elements(saturatedProduct(n, list.size()));
            List<Object> product = new ArrayList<>();
            for (long i = 0; !list.isEmpty() && i < n; i++) {
                product.addAll(list);
            }
            return isTuple(value) ? PythonList.tuple(product) : product;
        }
        throw unsupported("*", value, count);
    }

    private static long saturatedProduct(long count, int size) {
        return size == 0 ? 0 : count > Integer.MAX_VALUE ? Integer.MAX_VALUE : count * size;
    }

    private static TemplateError unsupported(String operator, Object left, Object right) {
        return new TemplateError("unsupported operand type(s) for " + operator + ": '" + Values.typeName(left)
                + "' and '" + Values.typeName(right) + "'");
    }

    private static Object numbers(String operator, Object left, Object right) {
        Long a = integer(left);
        Long b = integer(right);
        if (a != null && b != null && !operator.equals("/") && !(operator.equals("**") && b < 0)) {
            return integers(operator, a, b);
        }
        double x = real(left);
        double y = real(right);
        if (y == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new TemplateError("division by zero");
        }
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / y;
            case "//" -> Math.floor(x / y);
            case "%" -> x - Math.floor(x / y) * y;
            case "**" -> Math.pow(x, y);
            default -> throw new IllegalStateException(operator);
        };
    }

    private static Object integers(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDivExact(a, b);
                case "%" -> Math.floorMod(a, b);
                case "**" -> power(a, b);
                default -> throw new IllegalStateException(operator);
            };
        } catch (ArithmeticException e) {
            throw new TemplateError(b == 0 && (operator.equals("//") || operator.equals("%")) ? "division by zero"
                    : "an integer beyond 64 bits: " + a + " " + operator + " " + b);
        }
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1 || base == -1) {
            return exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    /** The value as an integer, booleans included, or null. */
    static Long integer(Object value) {
        return value instanceof Long number ? number : value instanceof Boolean flag ? flag ? 1L : 0L : null;
    }

    /** A number as a double. */
    static double real(Object value) {
        return value instanceof Boolean flag ? flag ? 1 : 0 : ((Number) value).doubleValue();
    }

    static Object negate(Object value) {
        Long number = integer(value);
        return number != null ? integers("-", 0, number) : -real(requireNumber(value, "-"));
    }

    static Object requireNumber(Object value, String operator) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!Values.isNumber(value)) {
            throw new TemplateError("bad operand type for " + operator + ": '" + Values.typeName(value) + "'");
        }
        return value;
    }

    static boolean isTuple(Object value) {
        return value instanceof PythonList list && list.kind() == PythonList.Kind.TUPLE;
    }

    private static boolean isList(Object value) {
        return value instanceof List<?> && !(value instanceof PythonList);
    }
}
