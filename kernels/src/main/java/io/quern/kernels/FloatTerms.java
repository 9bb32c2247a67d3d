package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;

import io.quern.kernels.CodePieces.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import jdk.incubator.vector.FloatVector;

/**
 * What float kernels multiply the words of a code plane by. A kernel masks a piece of a code, converts it where it
 * stands, worth {@code 2^shift} too much, and the inverse is in its factor. Odd inputs are brought down by 16 bits
 * first, so that they have the same masks and factors as the even ones.
 */
final class FloatTerms {
    private record Term(Piece piece, int pair) {}

    /** The inputs as they are. */
    static final FloatTerms PLAIN = inOrder(k -> 1);

    /** What a kernel does for each term, see {@link PlaneSteps}; the shifts are zero. */
    final int[] steps;

    /** What a word is masked with. */
    final int[] masks;

    private final int[] pair;
    private final float[] factor;

    /** For kernels that take the inputs in their own order, two a term, their factors; else null. */
    private final float[] inOrder;

    private FloatTerms(float[] inOrder) {
        this.inOrder = inOrder;
        this.steps = null;
        this.masks = null;
        this.pair = new int[CodePieces.PAIRS];
        this.factor = null;
    }

    /** For kernels that take inputs in their own order, each multiplied by its factor. */
    static FloatTerms inOrder(IntToDoubleFunction factor) {
        float[] factors = new float[CodePlane.UNIT];
        for (int k = 0; k < factors.length; k++) {
            factors[k] = (float) factor.applyAsDouble(k);
        }
        return new FloatTerms(factors);
    }

    FloatTerms(List<List<Piece>> pieces) {
        this.inOrder = null;
        List<Term> terms = new ArrayList<>();
        int[] ends = new int[2];
        for (int pair = 0; pair < CodePieces.PAIRS; pair++) {
            for (Piece piece : pieces.get(pair)) {
                terms.add(new Term(piece, pair));
            }
            ends[pair / (CodePieces.PAIRS / 2)] = terms.size() - 1;
        }
        int count = terms.size();
        steps = new int[count];
        masks = new int[count];
        pair = new int[count];
        factor = new float[count];
        for (int t = 0; t < count; t++) {
            Piece piece = terms.get(t).piece;
            boolean load = t == 0 || piece.word() != terms.get(t - 1).piece.word();
            steps[t] = PlaneSteps.step(piece.word(), 0, load, t == ends[0] || t == ends[1]);
            masks[t] = piece.mask() << piece.shift();
            pair[t] = terms.get(t).pair;
            factor[t] = Math.scalb(1f, piece.power() - piece.shift());
        }
    }

    int count() {
        return pair.length;
    }

    /** {@code values[2 * t]} and the next for the terms t of all units: an even input and the odd one after it. */
    void values(float[] x, int padded, float[] values) {
        if (inOrder != null) {
            for (int k = 0; k < padded; k += FLOAT_LANES) {
                FloatVector.fromArray(FLOATS, x, k)
                        .mul(FloatVector.fromArray(FLOATS, inOrder, k & inOrder.length - 1))
                        .intoArray(values, k);
            }
            return;
        }
        int at = 0;
        for (int unit = 0; unit < padded; unit += CodePlane.UNIT) {
            for (int t = 0; t < pair.length; t++) {
                values[at++] = x[unit + 2 * pair[t]] * factor[t];
                values[at++] = x[unit + 2 * pair[t] + 1] * factor[t];
            }
        }
    }
}
