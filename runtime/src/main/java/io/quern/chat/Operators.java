package io.quern.chat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Arithmetic, equality, order and membership with Python's rules. Integers have 64 bits; beyond, it is an error. */
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

    private static void refuseUndefined(Object left, Object right) {
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

    static boolean equal(Object left, Object right, Budget budget) {
        if (left == right) {
            return !(left instanceof Double number && number.isNaN());
        }
        if (left instanceof String a && right instanceof String b) {
            budget.scan(Math.min(a.length(), b.length()), 1);
            return a.equals(b);
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return compareNumbers(left, right) == 0;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return kind(a) == kind(b) && a.size() == b.size() && equalElements(a, b, budget);
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return a.size() == b.size() && equalMaps(a, b, budget);
        }
        return left instanceof Undefined && right instanceof Undefined;
    }

    private static boolean equalElements(List<?> a, List<?> b, Budget budget) {
        budget.enter();
        for (int i = 0; i < a.size(); i++) {
            budget.step();
            if (!equal(a.get(i), b.get(i), budget)) {
                budget.leave();
                return false;
            }
        }
        budget.leave();
        return true;
    }

    private static boolean equalMaps(Map<?, ?> a, Map<?, ?> b, Budget budget) {
        budget.enter();
        boolean equal = true;
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            budget.step();
            equal = equal && b.containsKey(entry.getKey()) && equal(entry.getValue(), b.get(entry.getKey()), budget);
        }
        budget.leave();
        return equal;
    }

    private static PythonList.Kind kind(List<?> list) {
        return list instanceof PythonList special ? special.kind() : null;
    }

    /** A negative number, zero or a positive one; refuses what has no order. NaN is below all here. */
    static int compare(Object left, Object right, Budget budget) {
        refuseUndefined(left, right);
        budget.step();
        if (left instanceof String a && right instanceof String b) {
            budget.scan(Math.min(a.length(), b.length()), 1);
            return compareCodePoints(a, b);
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left instanceof List<?> a && right instanceof List<?> b && kind(a) == kind(b)) {
            budget.enter();
            int order = 0;
            for (int i = 0; order == 0 && i < Math.min(a.size(), b.size()); i++) {
                if (!equal(a.get(i), b.get(i), budget)) {
                    order = compare(a.get(i), b.get(i), budget);
                }
            }
            budget.leave();
            return order != 0 ? order : Integer.compare(a.size(), b.size());
        }
        throw new TemplateError("'" + Values.typeName(left) + "' and '" + Values.typeName(right)
                + "' have no order");
    }

    private static int compareNumbers(Object left, Object right) {
        Long a = integer(left);
        Long b = integer(right);
        if (a != null && b != null) {
            return Long.compare(a, b);
        }
        if (left instanceof BigInteger || right instanceof BigInteger) {
            return new java.math.BigDecimal(plain(left)).compareTo(new java.math.BigDecimal(plain(right)));
        }
        double x = real(left);
        double y = real(right);
        return x == y ? 0 : x < y || Double.isNaN(x) ? -1 : 1;
    }

    private static String plain(Object number) {
        return number instanceof Boolean flag ? flag ? "1" : "0" : number.toString();
    }

    /** By code points, as Python orders text; Java's own order puts surrogates before U+E000. */
    private static int compareCodePoints(String a, String b) {
        int limit = Math.min(a.length(), b.length());
        for (int i = 0; i < limit; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothSurrogates = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothSurrogates ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** {@code value in container}. */
    static boolean contains(Object container, Object value, Budget budget) {
        switch (container) {
            case String text -> {
                if (!(value instanceof String part)) {
                    if (value instanceof Undefined undefined) {
                        throw undefined.error();
                    }
                    throw new TemplateError("'in <string>' requires string as left operand, not "
                            + Values.typeName(value));
                }
                budget.scan(text.length(), part.length());
                return text.contains(part);
            }
            case Map<?, ?> map -> {
                return !(value instanceof Undefined || isTuple(value)) && map.containsKey(Values.key(value, budget));
            }
            case null, default -> {
                if (!Values.isIterable(container)) {
                    throw new TemplateError("argument of type '" + Values.typeName(container) + "' is not iterable");
                }
                for (Object element : Values.elements(container, budget)) {
                    budget.step();
                    if (equal(element, value, budget)) {
                        return true;
                    }
                }
                return false;
            }
        }
    }

    private static boolean isTuple(Object value) {
        return value instanceof PythonList list && list.kind() == PythonList.Kind.TUPLE;
    }

    private static boolean isList(Object value) {
        return value instanceof List<?> && !(value instanceof PythonList);
    }
}
