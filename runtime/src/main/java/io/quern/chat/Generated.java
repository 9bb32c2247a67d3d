package io.quern.chat;

import java.util.List;

/** What {@code map}, {@code select} and their like give: always true, without a length, and read once, as in Python. */
final class Generated {
    private List<Object> items;

    Generated(List<Object> items) {
        this.items = items;
    }

    List<Object> drain() {
        List<Object> all = items;
        items = List.of();
        return all;
    }
}
