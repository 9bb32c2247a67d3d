package io.quern.sampling;

import io.quern.SamplingOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a sampler may draw, by the book: full sorts, boxed numbers, one filter after the other. */
final class NaiveSampler {
    private record Token(int id, double logit) {}

    private NaiveSampler() {}

    /** The probability of each token that can be drawn. */
    static Map<Integer, Double> distribution(SamplingOptions options, float[] logits, int[] history) {
        List<Token> tokens = new ArrayList<>();
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id] + options.logitBias().getOrDefault(id, 0f);
            int window = options.penaltyWindow() < 0 ? history.length : options.penaltyWindow();
            int count = 0;
            for (int i = Math.max(0, history.length - window); i < history.length; i++) {
                count += history[i] == id ? 1 : 0;
            }
            if (count > 0) {
                logit = logit > 0 ? logit / options.repetitionPenalty() : logit * options.repetitionPenalty();
                logit = logit - count * options.frequencyPenalty() - options.presencePenalty();
            }
            if (logit != Float.NEGATIVE_INFINITY) {
                tokens.add(new Token(id, logit));
            }
        }
        tokens.sort(Comparator.comparingDouble((Token token) -> -token.logit()).thenComparingInt(Token::id));
        if (options.topK() > 0) {
            tokens = tokens.subList(0, Math.min(options.topK(), tokens.size()));
        }
        if (options.typicalP() < 1) {
            tokens = typical(tokens, options.typicalP());
        }
        if (options.topP() < 1) {
            tokens = topP(tokens, options.topP());
        }
        double least = options.minP() * probabilities(tokens, 1)[0];
        double[] before = probabilities(tokens, 1);
        List<Token> kept = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (before[i] >= least) {
                kept.add(tokens.get(i));
            }
        }
        double[] after = probabilities(kept, options.temperature());
        Map<Integer, Double> distribution = new LinkedHashMap<>();
        for (int i = 0; i < kept.size(); i++) {
            distribution.put(kept.get(i).id(), after[i]);
        }
        return distribution;
    }

    private static List<Token> topP(List<Token> tokens, double p) {
        double[] probabilities = probabilities(tokens, 1);
        double sum = 0;
        for (int i = 0; i < tokens.size(); i++) {
            sum += probabilities[i];
            if (sum >= p) {
                return tokens.subList(0, i + 1);
            }
        }
        return tokens;
    }

    private static List<Token> typical(List<Token> tokens, double p) {
        double[] probabilities = probabilities(tokens, 1);
        double entropy = 0;
        for (double probability : probabilities) {
            entropy -= probability * Math.log(probability);
        }
        double expected = entropy;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> Math.abs(-Math.log(probabilities[i]) - expected)));
        List<Token> kept = new ArrayList<>();
        double sum = 0;
        for (int i : order) {
            kept.add(tokens.get(i));
            sum += probabilities[i];
            if (sum > p) {
                break;
            }
        }
        kept.sort(Comparator.comparingDouble((Token token) -> -token.logit()).thenComparingInt(Token::id));
        return kept;
    }

    private static double[] probabilities(List<Token> tokens, double temperature) {
        double[] probabilities = new double[tokens.size()];
        double highest = tokens.stream().mapToDouble(Token::logit).max().orElseThrow();
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] = Math.exp((tokens.get(i).logit() - highest) / temperature);
            sum += probabilities[i];
        }
        for (int i = 0; i < probabilities.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }
}
