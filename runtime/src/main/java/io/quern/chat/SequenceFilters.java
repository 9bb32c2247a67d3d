package io.quern.chat;

import io.quern.chat.Filters.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters about whole sequences and dicts, and {@code default}. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("length", (value, arguments, evaluator) -> {
            arguments.bind("filter 'length'");
            return Values.length(value, evaluator.budget());
        });
        filters.put("count", filters.get("length"));
        filters.put("default", (value, arguments, evaluator) -> {
            Arguments.Bound bound = arguments.bind("filter 'default'", "default_value", "boolean");
            boolean missing = value instanceof Undefined || bound.flag(1) && !Values.truthy(value);
            return missing ? bound.or(0, "") : value;
        });
        filters.put("d", filters.get("default"));
        filters.put("first", (value, arguments, evaluator) -> end("first", true, value, arguments, evaluator));
        filters.put("last", (value, arguments, evaluator) -> end("last", false, value, arguments, evaluator));
        filters.put("list", (value, arguments, evaluator) -> {
            arguments.bind("filter 'list'");
            return copy(value, evaluator);
        });
        filters.put("items", SequenceFilters::items);
        filters.put("reverse", SequenceFilters::reverse);
        filters.put("sort", SequenceFilters::sort);
        filters.put("dictsort", SequenceFilters::dictSort);
        filters.put("unique", SequenceFilters::unique);
        filters.put("min", (value, arguments, evaluator) -> extreme("min", -1, value, arguments, evaluator));
        filters.put("max", (value, arguments, evaluator) -> extreme("max", 1, value, arguments, evaluator));
        filters.put("sum", SequenceFilters::sum);
        filters.put("batch", SequenceFilters::batch);
    }

    private static List<Object> copy(Object value, Evaluator evaluator) {
        List<Object> elements = Values.elements(value, evaluator.budget());
        evaluator.budget().elements(elements.size());
        return new ArrayList<>(elements);
    }

    private static Object end(String name, boolean first, Object value, Arguments arguments, Evaluator evaluator) {
        arguments.bind("filter '" + name + "'");
        List<Object> elements = Values.elements(value, evaluator.budget());
        if (elements.isEmpty()) {
            return new Undefined("no " + name + " item, sequence was empty");
        }
        return first ? elements.getFirst() : elements.getLast();
    }

    private static Object items(Object value, Arguments arguments, Evaluator evaluator) {
        arguments.bind("filter 'items'");
        return switch (value) {
            case Undefined _ -> new Generated(List.of());
            case Map<?, ?> map -> new Generated(Values.items(map, evaluator.budget()));
            case null, default -> throw new TemplateError("Can only get item pairs from a mapping.");
        };
    }

    private static Object reverse(Object value, Arguments arguments, Evaluator evaluator) {
        arguments.bind("filter 'reverse'");
        if (value instanceof String text) {
            return Slices.slice(text, null, null, -1L, evaluator.budget());
        }
        List<Object> reversed = copy(value, evaluator);
        Collections.reverse(reversed);
        return new Generated(reversed);
    }

    private static Object sort(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'sort'", "reverse", "case_sensitive", "attribute");
        List<Object> sorted = copy(value, evaluator);
        sort(sorted, keyed(bound.or(2, null), bound.flag(1), evaluator), bound.flag(0));
        return sorted;
    }

    /** Stable in both directions, as Python's sort is. */
    private static void sort(List<Object> list, Comparator<Object> order, boolean reverse) {
        list.sort(reverse ? (a, b) -> order.compare(b, a) : order);
    }

    private static Comparator<Object> keyed(Object attribute, boolean caseSensitive, Evaluator evaluator) {
        return (a, b) -> Comparisons.compare(key(a, attribute, caseSensitive, evaluator),
                key(b, attribute, caseSensitive, evaluator), evaluator.budget());
    }

    private static Object key(Object element, Object attribute, boolean caseSensitive, Evaluator evaluator) {
        Object key = attribute == null ? element : SelectionFilters.attribute(element, attribute, evaluator);
        if (!caseSensitive && key instanceof String text) {
            evaluator.budget().text(text.length());
            return text.toLowerCase(Locale.ROOT);
        }
        return key;
    }

    private static Object dictSort(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'dictsort'", "case_sensitive", "by", "reverse");
        if (!(value instanceof Map<?, ?> map)) {
            throw new TemplateError("dictsort expects a dict, found " + Values.typeName(value));
        }
        long position = switch (bound.text(1, "key")) {
            case "key" -> 0;
            case "value" -> 1;
            default -> throw new TemplateError("dictsort: 'by' must be 'key' or 'value'");
        };
        List<Object> sorted = copy(Values.items(map, evaluator.budget()), evaluator);
        sort(sorted, keyed(position, bound.flag(0), evaluator), bound.flag(2));
        return sorted;
    }

    private static Object unique(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'unique'", "case_sensitive", "attribute");
        List<Object> keys = new ArrayList<>();
        List<Object> kept = new ArrayList<>();
        for (Object element : Values.elements(value, evaluator.budget())) {
            Object key = key(element, bound.or(1, null), bound.flag(0), evaluator);
            if (!Comparisons.contains(keys, key, evaluator.budget())) {
                keys.add(key);
                kept.add(element);
            }
        }
        evaluator.budget().elements(2L * kept.size());
        return new Generated(kept);
    }

    private static Object extreme(String name, int sign, Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter '" + name + "'", "case_sensitive", "attribute");
        Comparator<Object> order = keyed(bound.or(1, null), bound.flag(0), evaluator);
        List<Object> elements = Values.elements(value, evaluator.budget());
        if (elements.isEmpty()) {
            return new Undefined("no aggregated item, sequence was empty");
        }
        Object best = elements.getFirst();
        for (Object element : elements) {
            if (order.compare(element, best) * sign > 0) {
                best = element;
            }
        }
        return best;
    }

    private static Object sum(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'sum'", "attribute", "start");
        Object attribute = bound.or(0, null);
        Object sum = bound.or(1, 0L);
        for (Object element : Values.elements(value, evaluator.budget())) {
            Object part = attribute == null ? element : SelectionFilters.attribute(element, attribute, evaluator);
            evaluator.budget().step();
            sum = Operators.arithmetic("+", sum, part, evaluator.budget());
        }
        return sum;
    }

    private static Object batch(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'batch'", "linecount", "fill_with");
        bound.get(0);
        int size = bound.number(0, 1);
        if (size < 1) {
            throw new TemplateError("batch: expected a positive size, found " + size);
        }
        List<Object> elements = Values.elements(value, evaluator.budget());
        evaluator.budget().elements(elements.size());
        List<Object> batches = new ArrayList<>();
        for (int i = 0; i < elements.size(); i += Math.min(size, elements.size() - i)) {
            batches.add(new ArrayList<>(elements.subList(i, i + Math.min(size, elements.size() - i))));
        }
        if (!batches.isEmpty() && bound.or(1, null) != null) {
            int missing = size - ((List<?>) batches.getLast()).size();
            evaluator.budget().elements(missing);
            @SuppressWarnings("unchecked")
            List<Object> last = (List<Object>) batches.getLast();
            last.addAll(Collections.nCopies(missing, bound.get(1)));
        }
        return new Generated(batches);
    }
}
