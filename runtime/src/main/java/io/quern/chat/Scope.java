package io.quern.chat;

import java.util.HashMap;
import java.util.Map;

/** Names of one block; a name that is not here is looked for outside, assignments stay here. */
final class Scope {
    private static final Object MISSING = new Object();

    private final Scope outer;
    private final int depth;
    private final Map<String, Object> names = new HashMap<>();

    Scope(Scope outer) {
        this.outer = outer;
        this.depth = outer == null ? 0 : outer.depth + 1;
    }

    /** How many scopes are around this one: what a look-up may cost. */
    int depth() {
        return depth;
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.names.getOrDefault(name, MISSING);
            if (value != MISSING) {
                return value;
            }
        }
        return Undefined.name(name);
    }

    void set(String name, Object value) {
        names.put(name, value);
    }
}
