package io.quern.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods that values have. None of them changes a value. */
final class Methods {
    private static final Set<String> CHANGES_LIST = Set.of("append", "extend", "insert", "remove", "pop", "clear",
            "sort", "reverse");
    private static final Set<String> CHANGES_DICT = Set.of("update", "pop", "popitem", "setdefault", "clear");

    private Methods() {}

    /** The method {@code name} of a value, or null if it has none. */
    static Callable find(Object receiver, String name, Evaluator evaluator) {
        Budget budget = evaluator.budget();
        return switch (receiver) {
            case String text -> {
                if (StringMethods.UNSUPPORTED.contains(name)) {
                    yield refused(name, "the method '" + name + "' of str is not supported");
                }
                yield StringMethods.SUPPORTED.contains(name)
                        ? Callable.of(name, arguments -> StringMethods.call(text, name, arguments, budget)) : null;
            }
            case Map<?, ?> map -> CHANGES_DICT.contains(name)
                    ? refused(name, "a template cannot change a dict: '" + name + "' is not allowed")
                    : dictMethod(map, name, budget);
            case List<?> list -> CHANGES_LIST.contains(name)
                    ? refused(name, "a template cannot change a list: '" + name + "' is not allowed")
                    : listMethod(list, name, budget);
            case null, default -> null;
        };
    }

    private static Callable refused(String name, String why) {
        return Callable.of(name, _ -> {
            throw new TemplateError(why);
        });
    }

    private static Callable dictMethod(Map<?, ?> map, String name, Budget budget) {
        return switch (name) {
            case "get" -> Callable.of(name, arguments -> {
                Arguments.Bound bound = arguments.bind("get", "key", "default");
                Object key = bound.get(0) instanceof Undefined ? null : Values.key(bound.get(0), budget);
                return map.containsKey(key) ? map.get(key) : bound.or(1, null);
            });
            case "items" -> Callable.of(name, arguments -> {
                arguments.bind("items");
                return Values.items(map, budget);
            });
            case "keys" -> view(name, PythonList.Kind.KEYS, map, map.keySet(), budget);
            case "values" -> view(name, PythonList.Kind.VALUES, map, map.values(), budget);
            case "copy" -> Callable.of(name, arguments -> {
                arguments.bind("copy");
                budget.elements(2L * map.size());
                return new LinkedHashMap<>(map);
            });
            default -> null;
        };
    }

    private static Callable view(String name, PythonList.Kind kind, Map<?, ?> map, Iterable<?> elements,
            Budget budget) {
        return Callable.of(name, arguments -> {
            arguments.bind(name);
            budget.elements(map.size());
            List<Object> copy = new ArrayList<>(map.size());
            elements.forEach(copy::add);
            return new PythonList(kind, copy);
        });
    }

    private static Callable listMethod(List<?> list, String name, Budget budget) {
        return switch (name) {
            case "index" -> Callable.of(name, arguments -> {
                Object wanted = arguments.bind("index", "value").get(0);
                for (int i = 0; i < list.size(); i++) {
                    budget.step();
                    if (Comparisons.equal(list.get(i), wanted, budget)) {
                        return (long) i;
                    }
                }
                throw new TemplateError("index: the value is not in the list");
            });
            case "count" -> Callable.of(name, arguments -> {
                Object wanted = arguments.bind("count", "value").get(0);
                long count = 0;
                for (Object element : list) {
                    budget.step();
                    count += Comparisons.equal(element, wanted, budget) ? 1 : 0;
                }
                return count;
            });
            case "copy" -> Callable.of(name, arguments -> {
                arguments.bind("copy");
                budget.elements(list.size());
                return new ArrayList<>(list);
            });
            default -> null;
        };
    }
}
