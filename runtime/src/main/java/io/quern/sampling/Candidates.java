package io.quern.sampling;

/**
 * Tokens that may still be drawn, with their scores. Better is a higher score, or of equal ones the lower id. The
 * arrays are kept from call to call.
 */
final class Candidates {
    private int[] ids = new int[0];
    private float[] scores = new float[0];
    private int count;
    private int taken;

    int count() {
        return count;
    }

    int id(int index) {
        return ids[index];
    }

    float score(int index) {
        return scores[index];
    }

    /** Keeps the first {@code newCount}. */
    void truncate(int newCount) {
        count = newCount;
    }

    /** Empties it and makes room. */
    void reset(int capacity) {
        if (ids.length < capacity) {
            ids = new int[capacity];
            scores = new float[capacity];
        }
        count = 0;
    }

    /** Adds a candidate; there must be room. */
    void add(int id, float score) {
        ids[count] = id;
        scores[count++] = score;
    }

    void set(int index, int id, float score) {
        ids[index] = id;
        scores[index] = score;
    }

    /** Takes over the candidates of another, which are not more than there is room for. */
    void copyFrom(Candidates other) {
        System.arraycopy(other.ids, 0, ids, 0, other.count);
        System.arraycopy(other.scores, 0, scores, 0, other.count);
        count = other.count;
    }

    /**
     * All tokens with a score of at least {@code threshold}, in the order of their ids; never one of negative infinity.
     */
    void selectFrom(float[] all, float threshold) {
        reset(all.length);
        for (int id = 0; id < all.length; id++) {
            float score = all[id];
            if (score >= threshold && score > Float.NEGATIVE_INFINITY) {
                add(id, score);
            }
        }
    }

    /** The {@code limit} best tokens, best first. */
    void selectBest(float[] all, int limit) {
        reset(Math.min(limit, all.length));
        float worst = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < all.length; id++) {
            float score = all[id];
            // Once the heap is full nearly every token fails here. An equal score with a higher id is worse.
            if (score > worst) {
                if (count < limit) {
                    add(id, score);
                    if (count == limit) {
                        heapify(false);
                        worst = scores[0];
                    }
                } else {
                    ids[0] = id;
                    scores[0] = score;
                    sink(0, count, false);
                    worst = scores[0];
                }
            }
        }
        sort();
    }

    /** Sorts all, best first. */
    void sort() {
        heapify(false);
        for (int end = count - 1; end > 0; end--) {
            swap(0, end);
            sink(0, end, false);
        }
    }

    /**
     * Keeps the best, sorted, whose weights exp(score - origin) sum to at least {@code wanted}; at least one. Sorts no
     * more than it keeps.
     */
    void keepBestMass(double wanted, double origin) {
        startTaking();
        double mass = 0;
        while (hasMore() && (taken == 0 || mass < wanted)) {
            mass += Math.exp(takeBest() - origin);
        }
        keepTaken();
    }

    /** Before {@link #takeBest}: makes a heap with the best at its root. */
    void startTaking() {
        heapify(true);
        taken = 0;
    }

    boolean hasMore() {
        return taken < count;
    }

    /** Takes the best that is left; its score. Those taken gather at the end of the arrays, the best last. */
    float takeBest() {
        int end = count - 1 - taken;
        swap(0, end);
        sink(0, end, true);
        taken++;
        return scores[end];
    }

    /** The id of the one taken last. */
    int takenId() {
        return ids[count - taken];
    }

    /** Keeps those taken, best first, and drops the rest. */
    void keepTaken() {
        for (int i = 0, from = count - 1; i < taken && i < from; i++, from--) {
            swap(i, from);
        }
        count = taken;
    }

    private boolean isBefore(int a, int b, boolean bestFirst) {
        boolean better = scores[a] > scores[b] || scores[a] == scores[b] && ids[a] < ids[b];
        return better == bestFirst;
    }

    /** A heap with the best, or the worst, at its root. */
    private void heapify(boolean bestFirst) {
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i, count, bestFirst);
        }
    }

    private void sink(int start, int size, boolean bestFirst) {
        int parent = start;
        while (2 * parent + 1 < size) {
            int child = 2 * parent + 1;
            if (child + 1 < size && isBefore(child + 1, child, bestFirst)) {
                child++;
            }
            if (!isBefore(child, parent, bestFirst)) {
                return;
            }
            swap(parent, child);
            parent = child;
        }
    }

    private void swap(int a, int b) {
        int id = ids[a];
        ids[a] = ids[b];
        ids[b] = id;
        float score = scores[a];
        scores[a] = scores[b];
        scores[b] = score;
    }
}
