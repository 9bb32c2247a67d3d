package io.quern.chat;

import io.quern.chat.Filters.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Filters that apply a filter, a test or an attribute to each element. */
final class SelectionFilters {
    private SelectionFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("map", SelectionFilters::map);
        filters.put("select", (value, arguments, evaluator) -> select(value, arguments, false, true, evaluator));
        filters.put("reject", (value, arguments, evaluator) -> select(value, arguments, false, false, evaluator));
        filters.put("selectattr", (value, arguments, evaluator) -> select(value, arguments, true, true, evaluator));
        filters.put("rejectattr", (value, arguments, evaluator) -> select(value, arguments, true, false, evaluator));
    }

    /** {@code "a.b"} or {@code "a.0"} of an element, or an index. */
    static Object attribute(Object element, Object path, Evaluator evaluator) {
        if (!(path instanceof String text)) {
            return evaluator.item(element, path);
        }
        if (text.length() > Budget.MAX_NAME) {
            throw new TemplateError("an attribute's path of more than " + Budget.MAX_NAME + " characters");
        }
        Object value = element;
        for (String part : text.split("\\.", -1)) {
            evaluator.budget().scan(part.length(), 1);
            boolean index = !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            value = evaluator.item(value, index ? (Object) Long.valueOf(part) : part);
        }
        return value;
    }

    private static Object map(Object value, Arguments arguments, Evaluator evaluator) {
        List<Object> mapped = new ArrayList<>();
        boolean byAttribute = arguments.positional().isEmpty();
        Arguments.Bound bound = byAttribute ? arguments.bind("filter 'map'", "attribute", "default") : null;
        for (Object element : elements(value, evaluator)) {
            if (byAttribute) {
                Object found = attribute(element, bound.get(0), evaluator);
                mapped.add(found instanceof Undefined ? bound.or(1, found) : found);
            } else {
                String filter = name(arguments.positional().getFirst(), "map");
                mapped.add(Filters.apply(filter, element, arguments.without(1), evaluator));
            }
        }
        evaluator.budget().elements(mapped.size());
        return new Generated(mapped);
    }

    private static Object select(Object value, Arguments arguments, boolean byAttribute, boolean wanted,
            Evaluator evaluator) {
        if (byAttribute && arguments.positional().isEmpty()) {
            throw new TemplateError("selectattr and rejectattr need the name of an attribute");
        }
        Object path = byAttribute ? arguments.positional().getFirst() : null;
        Arguments rest = byAttribute ? arguments.without(1) : arguments;
        String test = rest.positional().isEmpty() ? null : name(rest.positional().getFirst(), "select");
        if (test != null && !Tests.contains(test)) {
            throw new TemplateError("the test '" + test + "' is not supported");
        }
        List<Object> kept = new ArrayList<>();
        for (Object element : elements(value, evaluator)) {
            evaluator.budget().step();
            Object tested = byAttribute ? attribute(element, path, evaluator) : element;
            boolean holds = test == null ? Values.truthy(tested)
                    : Tests.apply(test, tested, rest.without(1), evaluator);
            if (holds == wanted) {
                kept.add(element);
            }
        }
        evaluator.budget().elements(kept.size());
        return new Generated(kept);
    }

    /** Whatever is false counts as empty here, None too. */
    private static List<Object> elements(Object value, Evaluator evaluator) {
        return Values.truthy(value) ? Values.elements(value, evaluator.budget()) : List.of();
    }

    private static String name(Object value, String filter) {
        if (value instanceof String name && name.length() <= 100) {
            return name;
        }
        throw new TemplateError("'" + filter + "' expects the name of a filter or test, found "
                + Values.typeName(value));
    }
}
