package io.quern.bench;

/** Outputs and inputs of a linear layer, which a benchmark's parameter gives as {@code ROWSxCOLUMNS}: "11008x4096". */
record LayerShape(int rows, int columns) {
    /** Above so many weights a layer counts as too large for the inner caches. */
    private static final long CACHED_WEIGHTS = 1 << 22;

    static LayerShape of(String text) {
        String[] extents = text.split("x");
        if (extents.length != 2) {
            throw new IllegalArgumentException("shape \"" + text + "\", expected ROWSxCOLUMNS such as 11008x4096");
        }
        return new LayerShape(Integer.parseInt(extents[0]), Integer.parseInt(extents[1]));
    }

    boolean comesFromMemory() {
        return weights() > CACHED_WEIGHTS;
    }

    long weights() {
        return (long) rows * columns;
    }
}
