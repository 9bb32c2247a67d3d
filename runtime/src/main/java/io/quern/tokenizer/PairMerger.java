package io.quern.tokenizer;

import java.util.Arrays;

/**
 * Byte pair encoding: of all neighbours that may be merged the best pair is, the leftmost on ties, until none is left.
 * Symbols are linked, and pairs wait in a heap, so n symbols take O(n log n).
 */
final class PairMerger {
    /** What may be merged. */
    interface Pairs {
        long NONE = -1L;

        /**
         * What two neighbours become: their priority (signed, lower is better) in the upper half and the symbol, which
         * is not negative, in the lower half; or {@link #NONE}.
         */
        long merged(int left, int right);
    }

    private final Pairs pairs;
    private int[] symbols = {};
    private int[] next = {};
    private int[] previous = {};

    /** What the symbol and its next one would become, as {@link Pairs} says. */
    private long[] candidates = {};

    /** A binary heap of priority (upper half) and position (lower half). */
    private long[] heap = {};

    private int heapSize;

    PairMerger(Pairs pairs) {
        this.pairs = pairs;
    }

    /** Merges the first {@code count} symbols where they are; returns how many are left. */
    int merge(int[] text, int count) {
        if (count < 2) {
            return count;
        }
        load(text, count);
        while (heapSize > 0) {
            long best = pop();
            int position = (int) best;
            long candidate = candidates[position];
            // A pair whose left or right symbol has since changed is in the heap again, if it still is a pair.
            if (candidate != Pairs.NONE && candidate >> 32 == best >> 32) {
                mergeAt(position, (int) candidate);
            }
        }
        int left = 0;
        for (int i = 0; i >= 0; i = next[i]) {
            text[left++] = symbols[i];
        }
        return left;
    }

    private void load(int[] text, int count) {
        if (symbols.length < count) {
            int capacity = Math.max(64, count);
            symbols = new int[capacity];
            next = new int[capacity];
            previous = new int[capacity];
            candidates = new long[capacity];
            heap = new long[capacity];
        }
        System.arraycopy(text, 0, symbols, 0, count);
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
        }
        for (int i = 0; i < count; i++) {
            consider(i);
        }
    }

    private void mergeAt(int position, int symbol) {
        int right = next[position];
        symbols[position] = symbol;
        candidates[right] = Pairs.NONE;
        int after = next[right];
        next[position] = after;
        if (after >= 0) {
            previous[after] = position;
        }
        consider(position);
        if (previous[position] >= 0) {
            consider(previous[position]);
        }
    }

    private void consider(int position) {
        int right = next[position];
        long candidate = right < 0 ? Pairs.NONE : pairs.merged(symbols[position], symbols[right]);
        candidates[position] = candidate;
        if (candidate != Pairs.NONE) {
            push(candidate & 0xFFFFFFFF_00000000L | position);
        }
    }

    private void push(long entry) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        int at = heapSize++;
        while (at > 0) {
            int parent = at - 1 >> 1;
            if (heap[parent] <= entry) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = entry;
    }

    private long pop() {
        long top = heap[0];
        long entry = heap[--heapSize];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (entry <= heap[child]) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = entry;
        return top;
    }
}
