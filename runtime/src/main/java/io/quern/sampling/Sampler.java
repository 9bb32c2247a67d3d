package io.quern.sampling;

import io.quern.SamplingOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws tokens from logits, as {@link SamplingOptions} says. One sampler belongs to one generation and one thread at a
 * time; it allocates nothing for a token.
 */
public final class Sampler {
    private final SamplingOptions options;
    private final int vocabularySize;
    private final SplittableRandom random;
    private final int[] biasIds;
    private final float[] biases;
    private final Candidates candidates;
    private final TypicalFilter typical;
    private final RepetitionPenalties penalties;
    /** The logits after bias and penalties. */
    private final float[] adjusted;
    private double[] weights = new double[64];

    /**
     * A sampler with the options' seed, or a seed of its own.
     *
     * @param vocabularySize how many logits there are each time
     * @throws IllegalArgumentException if the logit bias names a token outside the vocabulary
     */
    public Sampler(SamplingOptions options, int vocabularySize) {
        this.options = options;
        this.vocabularySize = vocabularySize;
        this.random = options.seed().isPresent() ? new SplittableRandom(options.seed().getAsLong())
                : new SplittableRandom();
        Map<Integer, Float> bias = options.logitBias();
        this.biasIds = bias.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        this.biases = new float[biasIds.length];
        for (int i = 0; i < biasIds.length; i++) {
            if (biasIds[i] >= vocabularySize) {
                throw new IllegalArgumentException("logit bias: expected token ids below " + vocabularySize
                        + ", found " + biasIds[i]);
            }
            biases[i] = bias.get(biasIds[i]);
        }
        this.penalties = RepetitionPenalties.isOn(options) ? new RepetitionPenalties(options, vocabularySize) : null;
        this.adjusted = new float[penalties != null || biasIds.length > 0 ? vocabularySize : 0];
        this.candidates = new Candidates();
        this.typical = new TypicalFilter();
    }

    /** Tokens that stand in the text without having been drawn, such as the prompt: the penalties count them. */
    public void accept(int[] ids) {
        for (int id : ids) {
            record(id);
        }
    }

    private void record(int id) {
        if (penalties != null) {
            penalties.record(id);
        }
    }

    /**
     * Draws the next token, which the penalties count from now on.
     *
     * @param logits one for each token of the vocabulary; negative infinity forbids a token. Not changed
     * @return a token id, an index of {@code logits}
     * @throws IllegalArgumentException if there are more or fewer logits than tokens, one is NaN or positive infinity,
     *     or all are negative infinity
     */
    public int next(float[] logits) {
        if (logits.length != vocabularySize) {
            throw new IllegalArgumentException("expected " + vocabularySize + " logits, found " + logits.length);
        }
        float[] scores = adjust(logits);
        int drawn = best(scores);
        if (options.temperature() > 0) {
            select(scores, scores[drawn]);
            drawn = draw();
        }
        record(drawn);
        return drawn;
    }

    /** What could have been drawn last, and how likely each was. For tests. */
    Candidates candidates() {
        return candidates;
    }

    double weight(int index) {
        return weights[index];
    }

    private float[] adjust(float[] logits) {
        if (adjusted.length == 0) {
            return logits;
        }
        System.arraycopy(logits, 0, adjusted, 0, logits.length);
        for (int i = 0; i < biasIds.length; i++) {
            adjusted[biasIds[i]] += biases[i];
        }
        if (penalties != null) {
            penalties.apply(adjusted);
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
