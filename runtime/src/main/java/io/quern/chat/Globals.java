package io.quern.chat;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The functions that every template can call. */
final class Globals {
    /** Longer ranges are refused, as Jinja's sandbox does. */
    private static final long MAX_RANGE = 100_000;
    private static final int MAX_MESSAGE = 5_000;

    private Globals() {}

    static Scope scope(Budget budget, Supplier<LocalDateTime> now) {
        Scope scope = new Scope(null);
        add(scope, "range", arguments -> range(arguments, budget));
        add(scope, "dict", arguments -> dict(arguments, budget));
        add(scope, "namespace", arguments -> {
            Namespace namespace = new Namespace();
            dict(arguments, budget).forEach((key, value) -> namespace.fields.put(PythonText.str(key, budget), value));
            return namespace;
        });
        add(scope, "joiner", arguments -> joiner(arguments.bind("joiner", "sep").or(0, ", ")));
        add(scope, "raise_exception", arguments -> {
            String message = PythonText.str(arguments.bind("raise_exception", "message").get(0), budget);
            throw new TemplateError(message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE));
        });
        add(scope, "strftime_now", arguments -> Strftime.format(
                arguments.bind("strftime_now", "format").text(0, ""), now.get()));
        return scope;
    }

    private static void add(Scope scope, String name, java.util.function.Function<Arguments, Object> function) {
        scope.set(name, Callable.of(name, function));
    }

    private static PythonList range(Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.bind("range", "start", "stop", "step");
        long start = bound.has(1) ? integer(bound.get(0)) : 0;
        long stop = integer(bound.has(1) ? bound.get(1) : bound.get(0));
        long step = integer(bound.or(2, 1L));
        if (step == 0) {
            throw new TemplateError("range: the step must not be zero");
        }
        List<Object> numbers = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            if (numbers.size() == MAX_RANGE) {
                throw new TemplateError("range: more than " + MAX_RANGE + " numbers");
            }
            numbers.add(i);
            if (step > 0 ? i > Long.MAX_VALUE - step : i < Long.MIN_VALUE - step) {
                break;
            }
        }
        budget.elements(numbers.size());
        return new PythonList(PythonList.Kind.RANGE, numbers);
    }

    private static long integer(Object value) {
        Long number = Operators.integer(value);
        if (number == null) {
            throw value instanceof Undefined undefined ? undefined.error()
                    : new TemplateError("range expects integers, found " + Values.typeName(value));
        }
        return number;
    }

    private static Map<Object, Object> dict(Arguments arguments, Budget budget) {
        Map<Object, Object> dict = new LinkedHashMap<>();
        if (arguments.positional().size() > 1) {
            throw new TemplateError("dict and namespace take at most one positional argument");
        }
        for (Object source : arguments.positional()) {
            List<Object> pairs = source instanceof Map<?, ?> map ? Values.items(map, budget)
                    : Values.elements(source, budget);
            for (Object pair : pairs) {
                List<Object> entry = Values.elements(pair, budget);
                if (entry.size() != 2) {
                    throw new TemplateError("dict expects pairs, found " + entry.size() + " values");
                }
                dict.put(Values.key(entry.get(0), budget), entry.get(1));
            }
        }
        dict.putAll(arguments.named());
        budget.elements(2L * dict.size());
        return dict;
    }

    private static Callable joiner(Object separator) {
        boolean[] used = {false};
        return Callable.of("joiner", _ -> {
            Object text = used[0] ? separator : "";
            used[0] = true;
            return text;
        });
    }
}
