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

    /** Tokens that a matrix-matrix kernel multiplies with a tile at once, so that sums, weights and inputs fit the registers. */
    static final int PANEL_TOKENS = VECTOR_REGISTERS == 32 ? 4 : 2;

    /**
     * Inputs for which a tile of weights is unpacked at once. With 32 registers a weight is used by four tokens and may come
     * from the second-level cache (64 KiB at 512 bits); with 16 by two, and must stay in the first (16 KiB at 256 bits).
     */
    static final int CHUNK_COLUMNS = VECTOR_REGISTERS == 32 ? 256 : 128;

    private CpuConstants() {}
}
