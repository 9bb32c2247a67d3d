package io.quern.kernels;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.quern.kernels.CodePieces.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What integer kernels multiply the words of a code plane by. A kernel takes a word w of 32 bits and adds
 * {@code (w >>> shift) * c}, on 16-bit lanes, for each shift at which a code begins, with no mask: what is too much,
 * the codes above, {@code 2^bits * (w >>> shift of the next)}, is taken off the next shift's factor, {@code c = x -
 * 2^bits * x of the code below}. In the end all that wraps around 2^16 on the way has come back.
 *
 * <p>A term stands for two inputs, an even one in the low half of 32 bits and the odd one after it in the high half.
 * Both halves are added in the end, so that below the first odd code of a word stands its last even one. (Words are
 * shifted by 32 bits since many a CPU takes two steps to shift lanes of 16.)
 *
 * <p>The terms of a unit of 32 inputs are those of its first run and then those of the other.
 */
final class IntegerTerms {
    private static final int NONE = -1;
    private static final int RUN_PAIRS = IntegerInput.RUN / 2;

    private record Place(Piece piece, int pair) {
        int endPower() {
            return piece.power() + piece.bits();
        }
    }

    /** Nothing is below the even code at shift 0: there {@code below} is the last even one, below the odd one. */
    private record Term(int word, int shift, int pair, int power, int below, int belowPower) {
        static Term of(Place place, Place below) {
            return new Term(place.piece.word(), place.piece.shift(), place.pair, place.piece.power(),
                    below == null ? NONE : below.pair, below == null ? 0 : below.endPower());
        }

        /** No code begins here. */
        static Term between(int shift, Place below) {
            return new Term(below.piece.word(), shift, NONE, 0, below.pair, below.endPower());
        }
    }

    /** What a kernel does for each term, see {@link PlaneSteps}. */
    final int[] steps;

    private final int[] pair;
    private final int[] power;
    private final int[] below;
    private final int[] belowPower;

    IntegerTerms(List<List<Piece>> pieces) {
        List<Term> terms = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (int from = 0; from < CodePieces.PAIRS; from += RUN_PAIRS) {
            addRun(pieces, from, from + RUN_PAIRS, terms);
            ends.add(terms.size() - 1);
        }
        steps = new int[terms.size()];
        for (int t = 0; t < steps.length; t++) {
            Term term = terms.get(t);
            boolean load = t == 0 || term.word != terms.get(t - 1).word;
            steps[t] = PlaneSteps.step(term.word, term.shift, load, ends.contains(t));
        }
        pair = terms.stream().mapToInt(Term::pair).toArray();
        power = terms.stream().mapToInt(Term::power).toArray();
        below = terms.stream().mapToInt(Term::below).toArray();
        belowPower = terms.stream().mapToInt(Term::belowPower).toArray();
    }

    private static void addRun(List<List<Piece>> pieces, int fromPair, int pairLimit, List<Term> terms) {
        IntStream.range(fromPair, pairLimit)
                .boxed()
                .flatMap(pair -> pieces.get(pair).stream().map(piece -> new Place(piece, pair)))
                .sorted(comparingInt(place -> place.piece.shift()))
                .collect(groupingBy(place -> place.piece.word(), TreeMap::new, toList()))
                .values()
                .forEach(places -> addWord(places, terms));
    }

    private static void addWord(List<Place> places, List<Term> terms) {
        Place last = places.getLast();
        boolean full = last.piece.end() == 16;
        Place before = full ? last : null;
        int end = 0;
        for (Place place : places) {
            boolean joins = place.piece.shift() == end;
            if (!joins && before != null) {
                terms.add(Term.between(end, before));
            }
            terms.add(Term.of(place, joins ? before : null));
            before = place;
            end = place.piece.end();
        }
        if (!full) {
            terms.add(Term.between(end, last));
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
            if ((steps[t] & PlaneSteps.SHIFT) == 0) {
                minus <<= 16;
            }
            int low = (x << power[t]) - (minus << belowPower[t]);
            int high = ((x >> 16) << power[t]) - ((minus >> 16) << belowPower[t]);
            factors[at + t] = low & 0xFFFF | high << 16;
        }
    }
}
