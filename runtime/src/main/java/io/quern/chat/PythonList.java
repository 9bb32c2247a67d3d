package io.quern.chat;

import java.util.AbstractList;
import java.util.List;

/** A sequence that is a list to look at and prints as what it is in Python. */
final class PythonList extends AbstractList<Object> {
    enum Kind {
        TUPLE("tuple"), RANGE("range"), KEYS("dict_keys"), VALUES("dict_values"), ITEMS("dict_items");

        final String typeName;

        Kind(String typeName) {
            this.typeName = typeName;
        }
    }

    private final Kind kind;
    private final List<Object> items;

    PythonList(Kind kind, List<Object> items) {
        this.kind = kind;
        this.items = items;
    }

    static PythonList tuple(List<Object> items) {
        return new PythonList(Kind.TUPLE, items);
    }

    Kind kind() {
        return kind;
    }

    @Override
    public Object get(int index) {
        return items.get(index);
    }

    @Override
    public int size() {
        return items.size();
    }
}
