package io.quern.chat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Evaluated arguments of a call, a filter or a test. */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** Arguments put to their parameters. */
    record Bound(String callee, String[] parameters, Object[] values) {
        private static final Object ABSENT = new Object();

        boolean has(int index) {
            return values[index] != ABSENT;
        }

        Object get(int index) {
            if (!has(index)) {
                throw new TemplateError(callee + " needs its argument '" + parameters[index] + "'");
            }
            return values[index];
        }

        Object or(int index, Object otherwise) {
            return has(index) ? values[index] : otherwise;
        }

        String text(int index, String otherwise) {
            return switch (or(index, otherwise)) {
                case String text -> text;
                case null -> otherwise;
                default -> throw wrongType(index, "a string");
            };
        }

        int number(int index, int otherwise) {
            Object value = or(index, (long) otherwise);
            if (value instanceof Long number) {
                return Math.clamp(number, Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
            }
            if (value instanceof Boolean flag) {
                return flag ? 1 : 0;
            }
            throw wrongType(index, "an integer");
        }

        boolean flag(int index) {
            return has(index) && Values.truthy(values[index]);
        }

        private TemplateError wrongType(int index, String expected) {
            return new TemplateError(callee + " expects " + expected + " as '" + parameters[index] + "', found "
                    + Values.typeName(values[index]));
        }
    }

    Bound bind(String callee, String... parameters) {
        Object[] values = new Object[parameters.length];
        Arrays.fill(values, Bound.ABSENT);
        if (positional.size() > parameters.length) {
            throw new TemplateError(callee + " takes at most " + parameters.length + " arguments, found "
                    + positional.size());
        }
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        for (Map.Entry<String, Object> entry : named.entrySet()) {
            int index = Arrays.asList(parameters).indexOf(entry.getKey());
            if (index < 0 || values[index] != Bound.ABSENT) {
                throw new TemplateError(callee + (index < 0 ? " has no argument '" : " got two values for '")
                        + entry.getKey() + "'");
            }
            values[index] = entry.getValue();
        }
        return new Bound(callee, parameters, values);
    }

    /** The arguments after the first {@code count} positional ones. */
    Arguments without(int count) {
        return new Arguments(positional.subList(count, positional.size()), named);
    }
}
