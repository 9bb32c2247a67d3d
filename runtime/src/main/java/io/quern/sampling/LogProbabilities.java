package io.quern.sampling;

/**
 * Natural logarithms of the probabilities that logits mean: of any token, and of the likeliest ones. They are the
 * model's own, before penalties, bias, filters and temperature. The arrays are kept from call to call.
 */
public final class LogProbabilities {
    private final Candidates best = new Candidates();
    private float[] logits = new float[0];
    private double logMass;

    /** Nothing is known before {@link #compute}. */
    public LogProbabilities() {}

    /**
     * Looks at new logits, which must not change while results are read.
     *
     * @param newLogits one for each token
     * @param alternatives how many of the likeliest tokens to list, 0 or more
     * @throws IllegalArgumentException if a logit is NaN or positive infinity, or all are negative infinity
     */
    public void compute(float[] newLogits, int alternatives) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < newLogits.length; id++) {
            if (!(newLogits[id] < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("the logit of token " + id + " is " + newLogits[id]);
            }
            highest = Math.max(highest, newLogits[id]);
        }
        if (highest == Float.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException("all " + newLogits.length + " logits are negative infinity");
        }
        double mass = 0;
        for (float logit : newLogits) {
            mass += Math.exp(logit - (double) highest);
        }
        logits = newLogits;
        logMass = highest + Math.log(mass);
        if (alternatives > 0) {
            best.selectBest(newLogits, alternatives);
        } else {
            best.truncate(0);
        }
    }

    /** The log probability of a token: 0 is certain, negative infinity impossible. */
    public double of(int token) {
        return logits[token] - logMass;
    }

    /** How many tokens are listed: as many as asked for, or fewer if fewer are possible. */
    public int count() {
        return best.count();
    }

    /** The id of a listed token; 0 is the likeliest, equals go by id. */
    public int id(int rank) {
        return best.id(rank);
    }

    /** The log probability of a listed token. */
    public double value(int rank) {
        return of(best.id(rank));
    }
}
