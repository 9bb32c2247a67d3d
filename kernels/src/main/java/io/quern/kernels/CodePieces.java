package io.quern.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Where codes of some bits stand: 32 inputs of a row take {@code bits} words of 32 bits, even inputs their low halves
 * and odd ones their high halves, both alike. So it is enough to say where the 16 even codes stand in {@code bits}
 * 16-bit words. Where whole codes leave bits over, these hold the pieces of the remaining codes.
 */
final class CodePieces {
    /** Pairs of inputs of a unit: an even one and the odd one after it. */
    static final int PAIRS = CodePlane.UNIT / 2;

    /**
     * A code, or a part of one.
     *
     * @param word of the unit
     * @param shift its lowest bit there, 0 to 15
     * @param bits how many
     * @param power what it is worth: {@code field << power}
     */
    record Piece(int word, int shift, int bits, int power) {
        int mask() {
            return (1 << bits) - 1;
        }

        int end() {
            return shift + bits;
        }
    }

    private CodePieces() {}

    /** The pieces of each pair's codes. */
    static List<List<Piece>> of(int bits) {
        List<List<Piece>> pieces = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
            pieces.add(bits == 6 ? sixBits(pair) : pieces(bits, pair));
        }
        return pieces;
    }

    /** As many whole codes in each word as fit. Of 3 and of 5 bits 15 do, and leave a bit of each word for the last. */
    private static List<Piece> pieces(int bits, int pair) {
        int whole = 16 / bits;
        if (pair < whole * bits) {
            return List.of(new Piece(pair / whole, pair % whole * bits, bits, 0));
        }
        List<Piece> spread = new ArrayList<>();
        for (int bit = 0; bit < bits; bit++) {
            spread.add(new Piece(bit, 15, 1, bit));
        }
        return spread;
    }

    /** Two whole codes in each of three words; of the other two the low bits in two words and the rest in the third. */
    private static List<Piece> sixBits(int pair) {
        int word = pair / 8 * 3;
        int place = pair % 8;
        if (place < 6) {
            return List.of(new Piece(word + place / 2, place % 2 * 6, 6, 0));
        }
        int which = place - 6;
        return List.of(new Piece(word + which, 12, 4, 0), new Piece(word + 2, 12 + 2 * which, 2, 4));
    }
}
