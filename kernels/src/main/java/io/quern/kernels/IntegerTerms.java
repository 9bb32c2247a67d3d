package io.quern.kernels;

import io.quern.kernels.CodePieces.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What integer kernels multiply the words of a code plane by. A kernel on 16-bit lanes takes a word w and adds
 * {@code (w >>> shift) * c} for each shift at which a code begins, with no mask: what is too much, the codes above,
 * {@code 2^bits * (w >>> shift of the next)}, is taken off the next shift's factor,
 * {@code c = x - 2^bits * x of the code below}. In the end all that wraps around 2^16 on the way has come back.
 *
 * <p>A term stands for two inputs, an even one in the low half of 32 bits and the odd one after it in the high half.
 * The terms of a unit of 32 inputs are those of its first 16 inputs and then those of the others.
 */
final class IntegerTerms {
    private record Term(int word, int shift, int pair, int power, int below, int belowPower) {}

    /** What a kernel does for each term, see {@link PlaneSteps}. */
    final int[] steps;

    private final int[] pair;
    private final int[] power;
    private final int[] below;
    private final int[] belowPower;

    IntegerTerms(List<List<Piece>> pieces) {
        List<Term> terms = new ArrayList<>();
        int[] ends = new int[2];
        for (int half = 0; half < 2; half++) {
            addHalf(pieces, half, terms);
            ends[half] = terms.size() - 1;
        }
        int count = terms.size();
        pair = new int[count];
        power = new int[count];
        below = new int[count];
        belowPower = new int[count];
        steps = new int[count];
        for (int t = 0; t < count; t++) {
            Term term = terms.get(t);
            pair[t] = term.pair;
            power[t] = term.power;
            below[t] = term.below;
            belowPower[t] = term.belowPower;
            boolean load = t == 0 || term.word != terms.get(t - 1).word;
            steps[t] = PlaneSteps.step(term.word, term.shift, load, t == ends[0] || t == ends[1]);
        }
    }

    private static void addHalf(List<List<Piece>> pieces, int half, List<Term> terms) {
        record Place(Piece piece, int pair) {}
        List<Place> places = new ArrayList<>();
        for (int pair = half * CodePieces.PAIRS / 2; pair < (half + 1) * CodePieces.PAIRS / 2; pair++) {
            for (Piece piece : pieces.get(pair)) {
                places.add(new Place(piece, pair));
            }
        }
        places.sort(Comparator.comparingInt(place -> place.piece.word() * 16 + place.piece.shift()));
        for (int i = 0; i < places.size(); i++) {
            Piece piece = places.get(i).piece;
            Place before = i == 0 ? null : places.get(i - 1);
            boolean joins =
                    before != null && before.piece.word() == piece.word() && before.piece.end() == piece.shift();
            terms.add(new Term(piece.word(), piece.shift(), places.get(i).pair, piece.power(),
                    joins ? before.pair : -1, joins ? before.piece.power() + before.piece.bits() : 0));
            Piece next = i + 1 < places.size() ? places.get(i + 1).piece : null;
            boolean followed = next != null && next.word() == piece.word() && next.shift() == piece.end();
            if (!followed && piece.end() < 16) {
                terms.add(new Term(
                        piece.word(), piece.end(), -1, 0, places.get(i).pair, piece.power() + piece.bits()));
            }
        }
    }

    int count() {
        return pair.length;
    }

    /** {@code factors[at + t]} for the terms of one unit, from its 16 pairs of integers. */
    void factors(int[] pairs, int[] factors, int at) {
        for (int t = 0; t < pair.length; t++) {
            int x = pair[t] < 0 ? 0 : pairs[pair[t]];
            int minus = below[t] < 0 ? 0 : pairs[below[t]];
            int low = (x << power[t]) - (minus << belowPower[t]);
            int high = ((x >> 16) << power[t]) - ((minus >> 16) << belowPower[t]);
            factors[at + t] = low & 0xFFFF | high << 16;
        }
    }
}
