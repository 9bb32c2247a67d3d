package io.quern.kernels;

import java.util.Arrays;

/**
 * The order in which a matrix stores its inputs, where it is not the natural one: GPTQ's act-order scatters the inputs
 * of a group over the row, and the kernels want them side by side. Immutable.
 */
public final class InputOrder {
    private final int[] order;
    private final int hash;

    private InputOrder(int[] order) {
        this.order = order;
        this.hash = Arrays.hashCode(order);
    }

    /** A small pattern again and again: position p holds input {@code p / n * n + pattern[p % n]}. */
    static InputOrder repeating(int[] pattern, int columns) {
        int[] order = new int[columns];
        Arrays.setAll(order, p -> p / pattern.length * pattern.length + pattern[p % pattern.length]);
        return new InputOrder(order);
    }

    /**
     * Inputs sorted by their group, in their natural order within it.
     *
     * @param groupIndex the group of every input
     * @return null if the inputs are sorted already
     */
    static InputOrder sorting(int[] groupIndex, int groupCount) {
        int[] next = new int[groupCount + 1];
        for (int group : groupIndex) {
            next[group + 1]++;
        }
        for (int group = 0; group < groupCount; group++) {
            next[group + 1] += next[group];
        }
        int[] order = new int[groupIndex.length];
        boolean natural = true;
        for (int k = 0; k < groupIndex.length; k++) {
            int position = next[groupIndex[k]]++;
            order[position] = k;
            natural &= position == k;
        }
        return natural ? null : new InputOrder(order);
    }

    /** The input that stands at a position. */
    public int inputAt(int position) {
        return order[position];
    }

    /** {@code target[targetOffset + position] = x[xOffset + inputAt(position)]} for all positions. */
    public void gather(float[] x, int xOffset, float[] target, int targetOffset) {
        gather(x, xOffset, 0, order.length, target, targetOffset);
    }

    /** {@code target[targetOffset + i] = x[xOffset + inputAt(fromPosition + i)]} for {@code i < count}. */
    void gather(float[] x, int xOffset, int fromPosition, int count, float[] target, int targetOffset) {
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = x[xOffset + order[fromPosition + i]];
        }
    }

    /** Whether both put all inputs in the same places. */
    @Override
    public boolean equals(Object other) {
        return other == this
                || other instanceof InputOrder that && hash == that.hash && Arrays.equals(order, that.order);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
