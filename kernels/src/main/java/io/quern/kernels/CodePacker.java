package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import io.quern.kernels.CodePieces.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts codes into the words of a {@link CodePlane}. Plain loops over rows that the compiler turns into vectors by
 * itself: they are run before it had time for others.
 */
final class CodePacker {
    /**
     * Neighbouring bits of eight inputs that remain neighbours.
     *
     * @param octet of the unit
     * @param down the lowest of them in the closed codes
     * @param bits how many
     * @param word of the unit
     * @param up the lowest of them there
     */
    private record Run(int octet, int down, int bits, int word, int up) {
        boolean continuesAt(int octet, int down, Piece piece) {
            return octet == this.octet && down == this.down + bits && piece.word() == word
                    && piece.shift() == up + bits;
        }
    }

    private final int bits;
    private final Run[] runs;

    CodePacker(int bits, List<List<Piece>> pieces) {
        this.bits = bits;
        List<Run> found = new ArrayList<>();
        for (int pair = 0; pair < CodePieces.PAIRS; pair++) {
            for (Piece piece : pieces.get(pair)) {
                int octet = pair / 4;
                int down = pair % 4 * bits + piece.power();
                Run last = found.isEmpty() ? null : found.getLast();
                if (last != null && last.continuesAt(octet, down, piece)) {
                    found.removeLast();
                    found.add(new Run(octet, last.down, last.bits + piece.bits(), last.word, last.up));
                } else {
                    found.add(new Run(octet, down, piece.bits(), piece.word(), piece.shift()));
                }
            }
        }
        this.runs = found.toArray(Run[]::new);
    }

    /**
     * Puts codes into words.
     *
     * @param codes eight codes of a row in the bytes of a long, the first in the lowest: {@code [k / 8][TILE_ROWS]};
     *     they are lost
     * @param words {@code [word][TILE_ROWS]}
     */
    void pack(long[] codes, int inputs, int[] words) {
        if (bits == 4) {
            packNibbles(codes, inputs / 8 * TILE_ROWS, words);
            return;
        }
        close(codes, inputs / 8 * TILE_ROWS, bits);
        int units = inputs / CodePlane.UNIT;
        Arrays.fill(words, 0, units * bits * TILE_ROWS, 0);
        for (int unit = 0; unit < units; unit++) {
            for (Run run : runs) {
                long mask = (1L << run.bits) - 1;
                add(codes, (unit * CodePlane.UNIT / 8 + run.octet) * TILE_ROWS, run.down, mask | mask << 32, words,
                        (unit * bits + run.word) * TILE_ROWS, run.up);
            }
        }
    }

    /** Closes the gaps between codes: the four even ones to the low half of the long, the odd ones to the high half. */
    private static void close(long[] codes, int count, int bits) {
        int gap = 16 - bits;
        long singles = ((1L << bits) - 1) * 0x0001_0001_0001_0001L;
        long pairs = ((1L << 2 * bits) - 1) * 0x0000_0001_0000_0001L;
        long quads = (1L << 4 * bits) - 1;
        for (int i = 0; i < count; i++) {
            long even = codes[i] & singles;
            long odd = codes[i] >>> 8 & singles;
            even = (even | even >>> gap) & pairs;
            odd = (odd | odd >>> gap) & pairs;
            codes[i] = (even | even >>> 2 * gap) & quads | ((odd | odd >>> 2 * gap) & quads) << 32;
        }
    }

    /** All of it in one loop, since eight nibbles are just a word. */
    private static void packNibbles(long[] codes, int count, int[] words) {
        for (int i = 0; i < count; i++) {
            long even = codes[i] & 0x000F_000F_000F_000FL;
            long odd = codes[i] >>> 8 & 0x000F_000F_000F_000FL;
            even = (even | even >>> 12) & 0x0000_00FF_0000_00FFL;
            odd = (odd | odd >>> 12) & 0x0000_00FF_0000_00FFL;
            words[i] = (int) ((even | even >>> 24) & 0xFFFF | (odd | odd >>> 24) << 16);
        }
    }

    private static void add(long[] codes, int from, int down, long mask, int[] words, int word, int up) {
        for (int lane = 0; lane < TILE_ROWS; lane++) {
            long both = codes[from + lane] >>> down & mask;
            words[word + lane] |= (int) (both | both >>> 16) << up;
        }
    }
}
