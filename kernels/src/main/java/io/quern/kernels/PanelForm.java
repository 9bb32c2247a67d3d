package io.quern.kernels;

import java.util.stream.IntStream;

/**
 * How matrix-matrix products want their inputs as integers.
 *
 * @param blockInputs inputs that share a scale: 16 or 32
 * @param largestCode magnitude of the largest code that the integers are multiplied by
 */
record PanelForm(int blockInputs, int largestCode) {
    /** Codes of more than 6 bits would leave the integers too few. */
    private static final int MOST = 32;

    /** By the largest code: asking for a form allocates nothing. */
    private static final PanelForm[] OF_HALVES = forms(BlockQuantizer.HALF);
    private static final PanelForm[] OF_WHOLES = forms(BlockQuantizer.INPUTS);

    private static PanelForm[] forms(int blockInputs) {
        return IntStream.rangeClosed(0, MOST).mapToObj(code -> new PanelForm(blockInputs, code))
                .toArray(PanelForm[]::new);
    }

    /** The form for a matrix: null if it has no integer codes, too large ones, or minimums of blocks of 16. */
    static PanelForm of(PackedMatrix matrix) {
        if (!(matrix instanceof UnpackableMatrix && matrix instanceof IntegerTiles tiles)) {
            return null;
        }
        int largestCode = Math.max(-tiles.minimumCode(), tiles.maximumCode());
        boolean whole = tiles.scaleInputs() % BlockQuantizer.INPUTS == 0;
        boolean halves = tiles.scaleInputs() == BlockQuantizer.HALF && !tiles.hasMinimums();
        if (largestCode > MOST || !whole && !halves) {
            return null;
        }
        return (whole ? OF_WHOLES : OF_HALVES)[largestCode];
    }

    /** What the magnitudes of a block's inputs may sum up to. */
    float limit() {
        return BlockQuantizer.limit(largestCode, blockInputs);
    }
}
