package io.quern.chat;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tests after {@code is}. */
final class Tests {
    private static final Map<String, String> COMPARISONS = Map.ofEntries(
            Map.entry("eq", "=="), Map.entry("equalto", "=="), Map.entry("==", "=="),
            Map.entry("ne", "!="), Map.entry("!=", "!="),
            Map.entry("lt", "<"), Map.entry("lessthan", "<"), Map.entry("<", "<"),
            Map.entry("le", "<="), Map.entry("<=", "<="),
            Map.entry("gt", ">"), Map.entry("greaterthan", ">"), Map.entry(">", ">"),
            Map.entry("ge", ">="), Map.entry(">=", ">="), Map.entry("in", "in"));
    private static final Set<String> PLAIN = Set.of("defined", "undefined", "none", "string", "number", "integer",
            "float", "boolean", "mapping", "iterable", "sequence", "true", "false", "callable", "odd", "even", "upper",
            "lower", "escaped", "filter", "test", "sameas", "divisibleby");

    private Tests() {}

    static boolean contains(String name) {
        return PLAIN.contains(name) || COMPARISONS.containsKey(name);
    }

    static boolean apply(String name, Object value, Arguments arguments, Evaluator evaluator) {
        String comparison = COMPARISONS.get(name);
        if (comparison != null) {
            return evaluator.holds(comparison, value, arguments.bind("test '" + name + "'", "other").get(0));
        }
        if (name.equals("sameas")) {
            return same(value, arguments.bind("test 'sameas'", "other").get(0), evaluator.budget());
        }
        if (name.equals("divisibleby")) {
            Object divisor = arguments.bind("test 'divisibleby'", "num").get(0);
            return isZero(Operators.arithmetic("%", value, divisor, evaluator.budget()));
        }
        arguments.bind("test '" + name + "'");
        return switch (name) {
            case "odd" -> Operators.real(Operators.arithmetic("%", value, 2L, evaluator.budget())) == 1;
            case "even" -> isZero(Operators.arithmetic("%", value, 2L, evaluator.budget()));
            case "upper", "lower" -> {
                String text = PythonText.str(value, evaluator.budget());
                evaluator.budget().scan(text.length(), 1);
                yield name.equals("upper") ? StringMethods.isUpper(text) : StringMethods.isLower(text);
            }
            case "filter" -> value instanceof String text && Filters.contains(text);
            case "test" -> value instanceof String text && contains(text);
            case "escaped" -> false;
            default -> isKind(name, value);
        };
    }

    private static boolean isKind(String name, Object value) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof String;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long || value instanceof BigInteger;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map<?, ?>;
            case "iterable" -> Values.isIterable(value);
            case "sequence" -> isSequence(value);
            case "callable" -> value instanceof Callable;
            default -> throw new IllegalStateException(name);
        };
    }

    /** Python's views have a length but no subscripts. */
    private static boolean isSequence(Object value) {
        return value instanceof String || value instanceof Map<?, ?> || value instanceof Undefined
                || value instanceof List<?> && !(value instanceof PythonList list
                        && list.kind() != PythonList.Kind.TUPLE && list.kind() != PythonList.Kind.RANGE);
    }

    /** Identity; equal scalars of one type are one object here. */
    private static boolean same(Object a, Object b, Budget budget) {
        boolean scalars = a instanceof Boolean || a instanceof Long || a instanceof String;
        return a == b || scalars && b != null && a.getClass() == b.getClass() && Comparisons.equal(a, b, budget);
    }

    private static boolean isZero(Object number) {
        return number instanceof Long integer ? integer == 0 : (double) number == 0;
    }
}
