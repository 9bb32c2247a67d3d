package io.quern.kernels;

/**
 * Memory of one worker for products. Make one for each worker thread and pass it to every call; products then allocate
 * nothing. Not safe for use by two threads at once.
 */
public final class Scratch {
    /** What matrix-vector products need. */
    final VectorScratch vector = new VectorScratch();

    /** What matrix-matrix products need. */
    final MatrixScratch matrix = new MatrixScratch();

    private MappedScratch mapped;

    /** Allocates about 300 KiB at 512 bits, less at smaller widths. */
    public Scratch() {}

    /** What products with mapped words need. */
    MappedScratch mapped() {
        if (mapped == null) {
            mapped = new MappedScratch();
        }
        return mapped;
    }
}
