package io.quern.chat;

import java.util.List;

/** The variable {@code loop} inside a for loop. */
final class LoopState {
    private final List<Object> items;
    private int index;
    private Object changedFrom;
    private boolean changedSeen;

    LoopState(List<Object> items) {
        this.items = items;
    }

    void moveTo(int newIndex) {
        index = newIndex;
    }

    Object attribute(String name, Evaluator evaluator) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> items.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> 1L;
            case "depth0" -> 0L;
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index + 1 < items.size() ? items.get(index + 1)
                    : new Undefined("there is no next item");
            case "cycle" -> Callable.of("loop.cycle", this::cycle);
            case "changed" -> Callable.of("loop.changed", arguments -> changed(arguments, evaluator));
            default -> Undefined.attribute(this, name);
        };
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new TemplateError("loop.cycle needs at least one value");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Object changed(Arguments arguments, Evaluator evaluator) {
        Object now = PythonList.tuple(arguments.positional());
        boolean changed = !changedSeen || !Comparisons.equal(changedFrom, now, evaluator.budget());
        changedFrom = now;
        changedSeen = true;
        return changed;
    }
}
