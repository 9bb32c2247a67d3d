package io.quern.tokenizer;

import java.util.Arrays;

/**
 * A hash map from long to int without boxes: pairs of token ids are looked up for every merge. Any key but {@code -1}.
 */
final class LongIntMap {
    private static final long FREE = -1L;

    private long[] keys;
    private int[] values;
    private int size;

    LongIntMap(int expected) {
        int capacity = Integer.highestOneBit(Math.max(8, expected)) * 4;
        keys = new long[capacity];
        values = new int[capacity];
        Arrays.fill(keys, FREE);
    }

    static long pair(int left, int right) {
        return (long) left << 32 | right & 0xFFFFFFFFL;
    }

    int getOrDefault(long key, int otherwise) {
        int slot = slot(key);
        return keys[slot] == key ? values[slot] : otherwise;
    }

    void putIfAbsent(long key, int value) {
        int slot = slot(key);
        if (keys[slot] == key) {
            return;
        }
        keys[slot] = key;
        values[slot] = value;
        if (++size * 2 > keys.length) {
            grow();
        }
    }

    /** Where the key is, or the free place where it belongs. */
    private int slot(long key) {
        int mask = keys.length - 1;
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32 ^ mixed >>> 7) & mask;
        while (keys[slot] != key && keys[slot] != FREE) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        LongIntMap larger = new LongIntMap(size * 2);
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != FREE) {
                larger.putIfAbsent(keys[i], values[i]);
            }
        }
        keys = larger.keys;
        values = larger.values;
    }
}
