package io.quern.kernels;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/** Everything about the kernels that depends on the machine. */
public final class CpuConstants {
    /** The widest vectors that the JVM uses. */
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** Ints in vectors of the same width. */
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** Shorts in vectors of the same width. */
    static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;

    /** Floats in the widest vector. */
    static final int FLOAT_LANES = FLOATS.length();

    /** Width of the widest vector in bits. */
    public static final int VECTOR_BITS = FLOATS.vectorBitSize();

    /** Output rows of one tile: four vectors of floats, so that four independent sums hide the latency of additions. */
    static final int TILE_ROWS = 4 * FLOAT_LANES;

    /** Bytes of one vector. */
    static final int VECTOR_BYTES = FLOATS.vectorByteSize();

    /** Bytes of one 32-bit word for each row of a tile. */
    static final int TILE_WORD_BYTES = TILE_ROWS * Integer.BYTES;

    /** Packed weights live in memory in the machine's own order. */
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Vector registers: 32 with AVX-512 and on AArch64, 16 otherwise. */
    private static final int VECTOR_REGISTERS =
            FLOAT_LANES >= 16 || System.getProperty("os.arch").equals("aarch64") ? 32 : 16;

    /**
     * Tokens that a matrix-matrix kernel multiplies with a tile at once, so that sums, weights and inputs fit the
     * registers.
     */
    static final int PANEL_TOKENS = VECTOR_REGISTERS == 32 ? 4 : 2;

    /**
     * Inputs for which a tile of weights is unpacked at once: 16 KiB of codes at 512 bits, which stay in the
     * first-level cache.
     */
    static final int CHUNK_COLUMNS = 128;

    /** Integer kernels multiply once for two inputs, which takes more than 16 registers. */
    static final boolean PAIRED_INPUTS = VECTOR_REGISTERS == 32;

    private CpuConstants() {}
}
