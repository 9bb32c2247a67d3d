package io.quern.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The code books of the IQ formats: grids whose entries stand for four or eight values at once. Found by search and
 * not by rule, they come as data: the resource {@code iq-grids.bin} holds two bytes for each entry, whose fields of
 * {@link #fieldBits} bits index {@link #meanings}.
 *
 * <p>The class is loaded, and the resource read, when the first IQ block is decoded.
 */
enum Grids {
    IQ2_XXS(256, 8, 2, 8, 25, 43),
    IQ2_XS(512, 8, 2, 8, 25, 43),
    IQ2_S(1024, 8, 2, 8, 25, 43),
    IQ3_XXS(256, 4, 3, 4, 12, 20, 28, 36, 44, 52, 62),
    IQ3_S(512, 4, 3, 1, 3, 5, 7, 9, 11, 13, 15),
    IQ1(2048, 8, 2, -1, 0, 1);

    private static final String RESOURCE = "iq-grids.bin";

    private final int entries;
    private final int valuesPerEntry;
    private final int fieldBits;
    private final int[] meanings;
    private byte[] expanded;

    static {
        byte[] codes = resource();
        int at = 0;
        for (Grids grid : values()) {
            grid.expanded = grid.expand(codes, at);
            at += 2 * grid.entries;
        }
        if (at != codes.length) {
            throw new IllegalStateException(RESOURCE + ": " + codes.length + " bytes != " + at);
        }
    }

    Grids(int entries, int valuesPerEntry, int fieldBits, int... meanings) {
        this.entries = entries;
        this.valuesPerEntry = valuesPerEntry;
        this.fieldBits = fieldBits;
        this.meanings = meanings;
    }

    /** Value j of an entry. */
    int value(int entry, int j) {
        return expanded[entry * valuesPerEntry + j];
    }

    /** All values, entry after entry. */
    byte[] expanded() {
        return expanded.clone();
    }

    /** The sign, 1 or -1, of element j of eight: seven bits are stored, the eighth makes their number even. */
    static int sign(int code, int j) {
        int signs = code | (Integer.bitCount(code) & 1) << 7;
        return 1 - 2 * (signs >> j & 1);
    }

    private byte[] expand(byte[] codes, int at) {
        byte[] result = new byte[entries * valuesPerEntry];
        for (int i = 0; i < result.length; i++) {
            int entryAt = at + 2 * (i / valuesPerEntry);
            int code = codes[entryAt] & 0xFF | (codes[entryAt + 1] & 0xFF) << 8;
            result[i] = (byte) meanings[code >> fieldBits * (i % valuesPerEntry) & (1 << fieldBits) - 1];
        }
        return result;
    }

    private static byte[] resource() {
        try (InputStream in = Grids.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing from io.quern.kernels");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
