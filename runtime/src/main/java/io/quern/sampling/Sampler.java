package io.quern.sampling;

import io.quern.SamplingOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws tokens from logits, as {@link SamplingOptions} says. One sampler belongs to one generation and one thread at a time;
 * it allocates nothing once it has seen the vocabulary's size.
 */
public final class Sampler {
    private final SamplingOptions options;
    private final SplittableRandom random;
    private final int[] biasIds;
    private final float[] biases;
    private final Candidates candidates = new Candidates();
    private final TypicalFilter typical = new TypicalFilter();
    /** The logits after bias and penalties. */
    private float[] adjusted = new float[0];
    /** How often each token stands in the window; zero between calls. */
    private int[] occurrences = new int[0];
    private double[] weights = new double[0];

    /** A sampler with the options' seed, or a seed of its own. */
    public Sampler(SamplingOptions options) {
        this.options = options;
        this.random = options.seed().isPresent() ? new SplittableRandom(options.seed().getAsLong())
                : new SplittableRandom();
        this.biasIds = options.logitBias().keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        this.biases = new float[biasIds.length];
        Map<Integer, Float> bias = options.logitBias();
        for (int i = 0; i < biasIds.length; i++) {
            biases[i] = bias.get(biasIds[i]);
        }
    }

    /** The next token when no penalty needs the tokens before it. */
    public int next(float[] logits) {
        return next(logits, new int[0], 0);
    }

    /**
     * The next token.
     *
     * @param logits one for each token of the vocabulary; negative infinity forbids a token. Not changed
     * @param history the tokens so far, prompt included, oldest first; its first {@code historyLength} are looked at
     * @return a token id, an index of {@code logits}
     * @throws IllegalArgumentException if a logit is NaN or positive infinity, or all are negative infinity, or a biased
     *     token is not in the vocabulary
     */
    public int next(float[] logits, int[] history, int historyLength) {
        float[] scores = adjust(logits, history, historyLength);
        int best = best(scores, logits.length);
        if (options.temperature() == 0) {
            return best;
        }
        select(scores, logits.length, scores[best]);
        return draw();
    }

    /** What could have been drawn last, and how likely each was. For tests. */
    Candidates candidates() {
        return candidates;
    }

    double weight(int index) {
        return weights[index];
    }

    private float[] adjust(float[] logits, int[] history, int historyLength) {
        int window = options.penaltyWindow() < 0 ? historyLength : Math.min(options.penaltyWindow(), historyLength);
        boolean penalizes = window > 0 && (options.repetitionPenalty() != 1 || options.presencePenalty() != 0
                || options.frequencyPenalty() != 0);
        if (!penalizes && biasIds.length == 0) {
            return logits;
        }
        if (adjusted.length < logits.length) {
            adjusted = new float[logits.length];
        }
        System.arraycopy(logits, 0, adjusted, 0, logits.length);
        for (int i = 0; i < biasIds.length; i++) {
            if (biasIds[i] >= logits.length) {
                throw new IllegalArgumentException("logit bias: expected token ids below " + logits.length + ", found "
                        + biasIds[i]);
            }
            adjusted[biasIds[i]] += biases[i];
        }
        if (penalizes) {
            penalize(logits.length, history, historyLength - window, historyLength);
        }
        return adjusted;
    }

    private void penalize(int size, int[] history, int from, int to) {
        if (occurrences.length < size) {
            occurrences = new int[size];
        }
        for (int i = from; i < to; i++) {
            if (history[i] >= 0 && history[i] < size) {
                occurrences[history[i]]++;
            }
        }
        for (int i = from; i < to; i++) {
            int token = history[i];
            if (token < 0 || token >= size || occurrences[token] == 0) {
                continue;
            }
            float logit = adjusted[token];
            logit = logit > 0 ? logit / options.repetitionPenalty() : logit * options.repetitionPenalty();
            adjusted[token] = logit - occurrences[token] * options.frequencyPenalty() - options.presencePenalty();
            occurrences[token] = 0;
        }
    }

    /** The lowest id of the highest score. */
    private static int best(float[] scores, int size) {
        int best = -1;
        float bestScore = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < size; id++) {
            float score = scores[id];
            if (score > bestScore) {
                best = id;
                bestScore = score;
            } else if (score != score) {
                throw new IllegalArgumentException("the logit of token " + id + " is NaN");
            }
        }
        if (best < 0 || bestScore == Float.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(best < 0 ? "all " + size + " logits are negative infinity"
                    : "the logit of token " + best + " is infinite");
        }
        return best;
    }

    private void select(float[] scores, int size, float highest) {
        boolean limitsMass = options.topP() < 1;
        float lowest = (float) (highest + Math.log(options.minP()));
        if (options.topK() > 0 && options.topK() < size) {
            candidates.selectBest(scores, size, options.topK());
        } else if (options.typicalP() < 1) {
            candidates.selectFrom(scores, size, Float.NEGATIVE_INFINITY);
        } else {
            // Top-p and min-p both keep a run of the best, so min-p may go first; only the mass is that of all tokens.
            double wanted = limitsMass ? options.topP() * mass(scores, size, highest) : 0;
            candidates.selectFrom(scores, size, lowest);
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

    private static double mass(float[] scores, int size, float origin) {
        double mass = 0;
        for (int id = 0; id < size; id++) {
            mass += Math.exp(scores[id] - (double) origin);
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
