package io.quern.kernels;

import jdk.incubator.vector.FloatVector;

/** Everything about the kernels that depends on the machine. */
final class CpuConstants {
    /** Floats in the widest vector that the JVM uses. */
    static final int FLOAT_LANES = FloatVector.SPECIES_PREFERRED.length();

    /** Output rows of one tile: four vectors of floats. */
    static final int TILE_ROWS = 4 * FLOAT_LANES;

    /** Vector registers: 32 with AVX-512 and on AArch64, 16 otherwise. */
    private static final int VECTOR_REGISTERS =
            FLOAT_LANES >= 16 || System.getProperty("os.arch").equals("aarch64") ? 32 : 16;

    /** Tokens that a matrix-matrix kernel multiplies with two vectors of weights at once: sums, weights and one input fit. */
    static final int PANEL_TOKENS = VECTOR_REGISTERS == 32 ? 8 : 6;

    private CpuConstants() {}
}
