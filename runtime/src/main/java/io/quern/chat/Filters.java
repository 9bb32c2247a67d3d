package io.quern.chat;

import java.util.HashMap;
import java.util.Map;

/** The filters, by name. */
final class Filters {
    /** One filter: the value before the bar, and the arguments. */
    @FunctionalInterface
    interface Filter {
        Object apply(Object value, Arguments arguments, Evaluator evaluator);
    }

    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>();
        TextFilters.addTo(filters);
        NumberFilters.addTo(filters);
        SequenceFilters.addTo(filters);
        SelectionFilters.addTo(filters);
        return Map.copyOf(filters);
    }

    static boolean contains(String name) {
        return ALL.containsKey(name);
    }

    static Object apply(String name, Object value, Arguments arguments, Evaluator evaluator) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw new TemplateError("the filter '" + name + "' is not supported");
        }
        Budget budget = evaluator.budget();
        budget.step();
        if (value instanceof String text) {
            budget.scan(text.length(), 1);
        }
        Object result = filter.apply(value, arguments, evaluator);
        if (result instanceof String text && result != value) {
            budget.text(text.length());
        }
        return result;
    }
}
