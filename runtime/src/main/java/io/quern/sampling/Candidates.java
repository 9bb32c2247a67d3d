package io.quern.sampling;

/**
 * Tokens that may still be drawn, with their scores. Better is a higher score, or of equal ones the lower id. The arrays are
 * kept from call to call.
 */
final class Candidates {
    private int[] ids = new int[0];
    private float[] scores = new float[0];
    private int count;

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

    /** All tokens with a score of at least {@code threshold}, in the order of their ids; never one of negative infinity. */
    void selectFrom(float[] all, int size, float threshold) {
        reset(size);
        for (int id = 0; id < size; id++) {
            float score = all[id];
            if (score >= threshold && score > Float.NEGATIVE_INFINITY) {
                add(id, score);
            }
        }
    }

    /** The {@code limit} best tokens, best first. */
    void selectBest(float[] all, int size, int limit) {
        reset(Math.min(limit, size));
        float worst = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < size; id++) {
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
     * Sorts only as many of the best to the front as have weights exp(score - origin) that sum to {@code wanted}, and drops
     * the rest; at least one stays.
     */
    void keepBestMass(double wanted, double origin) {
        heapify(true);
        int size = count;
        double mass = 0;
        int kept = 0;
        // The best leave the heap one by one and gather at the end of the array, best last.
        while (kept < size && (kept == 0 || mass < wanted)) {
            int end = size - 1 - kept;
            swap(0, end);
            sink(0, end, true);
            mass += Math.exp(scores[end] - origin);
            kept++;
        }
        // Best first: the end of the array, turned around, comes to the front.
        for (int i = 0, from = size - 1; i < kept && i < from; i++, from--) {
            swap(i, from);
        }
        count = kept;
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
