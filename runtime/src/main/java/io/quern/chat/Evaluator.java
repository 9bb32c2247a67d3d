package io.quern.chat;

import io.quern.chat.Expression.Argument;
import io.quern.chat.Expression.FilterCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Expressions to values. */
final class Evaluator {
    private final Budget budget;
    private int line;

    Evaluator(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    /** The line evaluated last, for messages. */
    int line() {
        return line;
    }

    void at(int newLine) {
        line = newLine;
    }

    Object evaluate(Expression expression, Scope scope) {
        budget.enter();
        line = expression.line();
        Object value = switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Name name -> {
                budget.steps(scope.depth() / 8);
                yield scope.get(name.name());
            }
            case Expression.ListLiteral list -> all(list.items(), scope);
            case Expression.TupleLiteral tuple -> PythonList.tuple(all(tuple.items(), scope));
            case Expression.DictLiteral dict -> dict(dict, scope);
            case Expression.Attribute attribute -> attribute(evaluate(attribute.target(), scope), attribute.name());
            case Expression.Item item -> item(evaluate(item.target(), scope), evaluate(item.index(), scope));
            case Expression.Slice slice -> Slices.slice(evaluate(slice.target(), scope), bound(slice.from(), scope),
                    bound(slice.to(), scope), bound(slice.step(), scope), budget);
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter -> filter(evaluate(filter.input(), scope), filter.call(), scope);
            case Expression.Test test -> test(test, scope);
            case Expression.Not not -> !Values.truthy(evaluate(not.operand(), scope));
            case Expression.Sign sign -> sign(sign, scope);
            case Expression.Arithmetic sum -> Operators.arithmetic(sum.operator(), evaluate(sum.left(), scope),
                    evaluate(sum.right(), scope), budget);
            case Expression.Concatenation concatenation -> concatenate(concatenation, scope);
            case Expression.And and -> {
                Object left = evaluate(and.left(), scope);
                yield Values.truthy(left) ? evaluate(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Object left = evaluate(or.left(), scope);
                yield Values.truthy(left) ? left : evaluate(or.right(), scope);
            }
            case Expression.Comparison comparison -> compare(comparison, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
        budget.leave();
        return value;
    }

    private List<Object> all(List<Expression> expressions, Scope scope) {
        budget.elements(expressions.size());
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Object dict(Expression.DictLiteral dict, Scope scope) {
        budget.elements(2L * dict.keys().size());
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < dict.keys().size(); i++) {
            Object key = Values.key(evaluate(dict.keys().get(i), scope), budget);
            map.put(key, evaluate(dict.values().get(i), scope));
        }
        return map;
    }

    private Object bound(Expression expression, Scope scope) {
        return expression == null ? null : evaluate(expression, scope);
    }

    /** {@code target.name}: a method of the value, or else an entry of a dict. */
    Object attribute(Object target, String name) {
        return switch (target) {
            case Undefined undefined -> throw undefined.error();
            case Namespace namespace -> namespace.fields.containsKey(name) ? namespace.fields.get(name)
                    : Undefined.attribute(target, name);
            case LoopState loop -> loop.attribute(name, this);
            case Macro macro when macro.hasAttribute(name) -> macro.attribute(name);
            case null, default -> {
                Callable method = Methods.find(target, name, this);
                if (method != null) {
                    yield method;
                }
                if (target instanceof Map<?, ?> map && map.containsKey(name)) {
                    yield map.get(name);
                }
                if (name.startsWith("__")) {
                    throw new TemplateError("access to attribute '" + name + "' is not allowed");
                }
                yield Undefined.attribute(target, name);
            }
        };
    }

    /** {@code target[key]}: an entry or element, or else what {@code target.key} is. */
    Object item(Object target, Object key) {
        if (target instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (key instanceof String text) {
            budget.scan(text.length(), 1);
        }
        if (target instanceof Map<?, ?> map && !(key instanceof Undefined) && map.containsKey(Values.key(key))) {
            return map.get(Values.key(key));
        }
        Long index = Operators.integer(key);
        if (index != null && target instanceof List<?> list) {
            long i = index < 0 ? index + list.size() : index;
            return i >= 0 && i < list.size() ? list.get((int) i) : noElement(target, key);
        }
        if (index != null && target instanceof String text) {
            long length = Values.length(text, budget);
            long i = index < 0 ? index + length : index;
            return i < 0 || i >= length ? noElement(target, key)
                    : Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) i)));
        }
        return key instanceof String name ? attribute(target, name) : noElement(target, key);
    }

    private Undefined noElement(Object target, Object key) {
        return new Undefined(Values.describe(target) + " has no element "
                + (key instanceof Long || key instanceof String text && text.length() <= 100
                        ? PythonText.repr(key, budget) : "of such a key"));
    }

    private Object call(Expression.Call call, Scope scope) {
        Object target = evaluate(call.target(), scope);
        Arguments arguments = arguments(call.arguments(), scope);
        line = call.line();
        return call(target, arguments);
    }

    Object call(Object target, Arguments arguments) {
        return switch (target) {
            case Callable callable -> callable.call(arguments);
            case Undefined undefined -> throw undefined.error();
            case LoopState _ -> throw new TemplateError("'recursive' loops are not supported");
            case null, default -> throw new TemplateError("'" + Values.typeName(target) + "' object is not callable");
        };
    }

    Arguments arguments(List<Argument> arguments, Scope scope) {
        if (arguments.isEmpty()) {
            return Arguments.NONE;
        }
        List<Object> positional = new ArrayList<>(arguments.size());
        Map<String, Object> named = new LinkedHashMap<>();
        for (Argument argument : arguments) {
            Object value = evaluate(argument.value(), scope);
            if (argument.stars() == 2) {
                if (!(value instanceof Map<?, ?> map)) {
                    throw new TemplateError("** expects a dict, found " + Values.typeName(value));
                }
                map.forEach((key, entry) -> named.put(PythonText.str(key, budget), entry));
            } else if (argument.stars() == 1) {
                List<Object> elements = Values.elements(value, budget);
                budget.elements(elements.size());
                positional.addAll(elements);
            } else if (argument.name() == null) {
                positional.add(value);
            } else {
                named.put(argument.name(), value);
            }
        }
        return new Arguments(positional, named);
    }

    Object filter(Object input, FilterCall call, Scope scope) {
        Arguments arguments = arguments(call.arguments(), scope);
        line = call.line();
        return Filters.apply(call.name(), input, arguments, this);
    }

    private boolean test(Expression.Test test, Scope scope) {
        Object input = evaluate(test.input(), scope);
        Arguments arguments = arguments(test.arguments(), scope);
        line = test.line();
        return Tests.apply(test.name(), input, arguments, this) != test.negated();
    }

    private Object sign(Expression.Sign sign, Scope scope) {
        Object value =
                Operators.requireNumber(evaluate(sign.operand(), scope), sign.negative() ? "unary -" : "unary +");
        return sign.negative() ? Operators.negate(value) : value;
    }

    private String concatenate(Expression.Concatenation concatenation, Scope scope) {
        StringBuilder text = new StringBuilder();
        for (Expression part : concatenation.parts()) {
            text.append(PythonText.str(evaluate(part, scope), budget));
            budget.text(text.length());
        }
        return text.toString();
    }

    private Object conditional(Expression.Conditional conditional, Scope scope) {
        if (Values.truthy(evaluate(conditional.test(), scope))) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise() != null ? evaluate(conditional.otherwise(), scope)
                : new Undefined("the inline if on line " + conditional.line() + " is false and has no else");
    }

    private boolean compare(Expression.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (Expression.Operand operand : comparison.rest()) {
            Object right = evaluate(operand.value(), scope);
            if (!holds(operand.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    boolean holds(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Comparisons.equal(left, right, budget);
            case "!=" -> !Comparisons.equal(left, right, budget);
            case "in" -> Comparisons.contains(right, left, budget);
            case "not in" -> !Comparisons.contains(right, left, budget);
            case "<" -> !isNan(left, right) && Comparisons.compare(left, right, budget) < 0;
            case "<=" -> !isNan(left, right) && Comparisons.compare(left, right, budget) <= 0;
            case ">" -> !isNan(left, right) && Comparisons.compare(left, right, budget) > 0;
            case ">=" -> !isNan(left, right) && Comparisons.compare(left, right, budget) >= 0;
            default -> throw new IllegalStateException(operator);
        };
    }

    private static boolean isNan(Object left, Object right) {
        return left instanceof Double a && a.isNaN() || right instanceof Double b && b.isNaN();
    }
}
