package io.quern.safetensors;

/**
 * How the inputs of a module fall into groups.
 *
 * @param size inputs of a group, the last may have fewer
 * @param index the group of every input if they are shuffled, else null
 */
record Grouping(int size, int count, int[] index) {
    /**
     * Finds the group size: the configured one if it gives as many groups as the module has, else what its tensors
     * imply.
     *
     * @param configured as in {@link ModuleRule}
     * @return with size 0 if no size gives that number of groups
     */
    static Grouping of(int columns, int count, int configured) {
        if (count == 1) {
            return new Grouping(columns, 1, null);
        }
        if (configured > 0 && ceilDivide(columns, configured) == count) {
            return new Grouping(configured, count, null);
        }
        return new Grouping(count > 1 && columns % count == 0 ? columns / count : 0, count, null);
    }

    /** The same inputs, group by the index of a stored tensor of one I32 for each input. */
    Grouping withIndex(HubTensors tensors, SafetensorsEntry entry, int columns) {
        if (entry.dtype() != Dtype.I32 || !entry.hasShape(columns)) {
            throw tensors.unexpected(entry, "I32 [" + columns + "]");
        }
        int[] groups = new int[columns];
        for (int k = 0; k < columns; k++) {
            groups[k] = entry.data().get(Words.I32, 4L * k);
        }
        return withIndex(tensors, entry.name(), groups);
    }

    private Grouping withIndex(HubTensors tensors, String name, int[] groups) {
        for (int k = 0; k < groups.length; k++) {
            if (groups[k] < 0 || groups[k] >= count) {
                throw tensors
                        .fail("tensor '" + name + "' puts input " + k + " into group " + groups[k] + " of " + count);
            }
        }
        int firstGroup = 0;
        while (firstGroup < groups.length && groups[firstGroup] == 0) {
            firstGroup++;
        }
        // Some tools leave the index at zeros when they did not use it.
        if (firstGroup == groups.length || isPlain(groups, size)) {
            return this;
        }
        return isPlain(groups, firstGroup)
                ? new Grouping(firstGroup, count, null)
                : new Grouping(size > 0 ? size : ceilDivide(groups.length, count), count, groups);
    }

    private static boolean isPlain(int[] groups, int size) {
        for (int k = 0; k < groups.length; k++) {
            if (size < 1 || groups[k] != k / size) {
                return false;
            }
        }
        return true;
    }

    /** Refuses a module whose group size is not known. */
    Grouping requireSize(HubTensors tensors, String module, int columns) {
        if (size < 1) {
            throw tensors.fail("module '" + module + "' has " + count + " groups for " + columns
                    + " inputs, and no configured group size that gives as many");
        }
        return this;
    }

    static int ceilDivide(int a, int b) {
        return (int) (((long) a + b - 1) / b);
    }
}
