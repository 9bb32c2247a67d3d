package io.quern.chat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Equality, order and membership with Python's rules. */
final class Comparisons {
    private Comparisons() {}

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
        Operators.refuseUndefined(left, right);
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
        Long a = Operators.integer(left);
        Long b = Operators.integer(right);
        if (a != null && b != null) {
            return Long.compare(a, b);
        }
        if (left instanceof BigInteger || right instanceof BigInteger) {
            return new BigDecimal(plain(left)).compareTo(new BigDecimal(plain(right)));
        }
        double x = Operators.real(left);
        double y = Operators.real(right);
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
                return !(value instanceof Undefined || Operators.isTuple(value))
                        && map.containsKey(Values.key(value, budget));
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
}
