package io.quern.sampling;

import io.quern.SamplingOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws tokens from logits, as {@link SamplingOptions} says. One sampler belongs to one generation and one thread at a
 * time; once it has seen the vocabulary's size it allocates nothing for a token.
 */
public final class Sampler {
    private final SamplingOptions options;
    private final SplittableRandom random;
    private final int[] biasIds;
    private final float[] biases;
    private final Candidates candidates = new Candidates();
    private final TypicalFilter typical = new TypicalFilter();
    private final RepetitionPenalties penalties;
    /** The logits after bias and penalties. */
    private float[] adjusted = new float[0];
    private double[] weights = new double[64];

    /** A sampler with the options' seed, or a seed of its own. */
    public Sampler(SamplingOptions options) {
        this.options = options;
        this.random = options.seed().isPresent() ? new SplittableRandom(options.seed().getAsLong())
                : new SplittableRandom();
        Map<Integer, Float> bias = options.logitBias();
        this.biasIds = bias.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        this.biases = new float[biasIds.length];
        for (int i = 0; i < biasIds.length; i++) {
            biases[i] = bias.get(biasIds[i]);
        }
        this.penalties = new RepetitionPenalties(options);
    }

    /**
     * Draws the next token.
     *
     * @param logits one for each token of the vocabulary; negative infinity forbids a token. Not changed
     * @param history the tokens so far, prompt included, oldest first: the penalties look at the last of them
     * @param historyLength how many of {@code history} there are
     * @return a token id, an index of {@code logits}
     * @throws IllegalArgumentException if a logit is NaN or positive infinity, or all are negative infinity, or if the
     *     logit bias or the history names a token that has no logit
     */
    public int next(float[] logits, int[] history, int historyLength) {
        float[] scores = adjust(logits, history, historyLength);
        int drawn = best(scores);
        if (options.temperature() > 0) {
            select(scores, scores[drawn]);
            drawn = draw();
        }
        return drawn;
    }

    /** What could have been drawn last, and how likely each was. For tests. */
    Candidates candidates() {
        return candidates;
    }

    double weight(int index) {
        return weights[index];
    }

    private float[] adjust(float[] logits, int[] history, int historyLength) {
        boolean penalizes = penalties.concern(historyLength);
        if (!penalizes && biasIds.length == 0) {
            return logits;
        }
        if (adjusted.length != logits.length) {
            adjusted = new float[logits.length];
        }
        System.arraycopy(logits, 0, adjusted, 0, logits.length);
        for (int i = 0; i < biasIds.length; i++) {
            if (biasIds[i] >= logits.length) {
                throw new IllegalArgumentException("logit bias: expected token ids below " + logits.length
                        + ", found " + biasIds[i]);
            }
            adjusted[biasIds[i]] += biases[i];
        }
        if (penalizes) {
            penalties.apply(adjusted, history, historyLength);
        }
        return adjusted;
    }

    /** The id of the highest score, the lowest one of equals, once it is clear that all are usable. */
    private static int best(float[] scores) {
        int best = -1;
        float highest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < scores.length; id++) {
            float score = scores[id];
            // One comparison, nearly always true, that NaN fails as a new maximum does.
            if (!(score <= highest)) {
                if (!(score < Float.POSITIVE_INFINITY)) {
                    throw new IllegalArgumentException("the logit of token " + id + " is " + score);
                }
                best = id;
                highest = score;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("all " + scores.length + " logits are negative infinity");
        }
        return best;
    }

    private void select(float[] scores, float highest) {
        boolean limitsMass = options.topP() < 1;
        float lowest = (float) (highest + Math.log(options.minP()));
        if (options.topK() > 0 && options.topK() < scores.length) {
            candidates.selectBest(scores, options.topK());
        } else if (options.typicalP() < 1) {
            candidates.selectFrom(scores, Float.NEGATIVE_INFINITY);
        } else {
            // Top-p and min-p both keep a run of the best, so min-p may go first; only the mass is that of all tokens.
            double wanted = limitsMass ? options.topP() * mass(scores, highest) : 0;
            candidates.selectFrom(scores, lowest);
            if (limitsMass) {
                candidates.keepBestMass(wanted, highest);
            }
            return;
        }
        if (options.typicalP() < 1) {
            typical.apply(candidates, options.typicalP());
            candidates.sort();
        }
        if (limitsMass) {
            candidates.keepBestMass(options.topP() * mass(candidates, highest), highest);
        }
        cutBelow((float) (candidates.score(0) + Math.log(options.minP())));
    }

    /** Candidates are sorted here, so those below are at the end. */
    private void cutBelow(float lowest) {
        int kept = candidates.count();
        while (kept > 1 && candidates.score(kept - 1) < lowest) {
            kept--;
        }
        candidates.truncate(kept);
    }

    private static double mass(float[] scores, float origin) {
        double mass = 0;
        for (float score : scores) {
            mass += Math.exp(score - (double) origin);
        }
        return mass;
    }

    private static double mass(Candidates candidates, float origin) {
        double mass = 0;
        for (int i = 0; i < candidates.count(); i++) {
            mass += Math.exp(candidates.score(i) - (double) origin);
        }
        return mass;
    }

    private int draw() {
        int count = candidates.count();
        if (weights.length < count) {
            weights = Arrays.copyOf(weights, Math.max(count, 2 * weights.length));
        }
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, candidates.score(i));
        }
        double total = 0;
        for (int i = 0; i < count; i++) {
            weights[i] = Math.exp((candidates.score(i) - (double) highest) / options.temperature());
            total += weights[i];
        }
        double rest = random.nextDouble() * total;
        int drawn = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                drawn = i;
                rest -= weights[i];
                if (rest < 0) {
                    break;
                }
            }
        }
        return candidates.id(drawn);
    }
}
