package io.quern.chat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** While parsing: which of {@code varargs}, {@code kwargs}, {@code caller} the macro being read names. */
final class MacroScopes {
    private final Deque<Set<String>> named = new ArrayDeque<>();

    void enter() {
        named.push(new HashSet<>());
    }

    Set<String> leave() {
        return named.pop();
    }

    void name(String name) {
        if (!named.isEmpty()) {
            named.peek().add(name);
        }
    }
}
