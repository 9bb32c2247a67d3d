package io.quern.sampling;

import io.quern.SamplingOptions;

/** The repetition, presence and frequency penalties on the last tokens of a text. */
final class RepetitionPenalties {
    private final SamplingOptions options;
    private final boolean isOn;
    /** How often each token stands in the window; zero between calls. */
    private int[] occurrences = new int[0];

    RepetitionPenalties(SamplingOptions options) {
        this.options = options;
        this.isOn = options.penaltyWindow() != 0 && (options.repetitionPenalty() != 1 || options.presencePenalty() != 0
                || options.frequencyPenalty() != 0);
    }

    /** Whether any logit changes after so many tokens. */
    boolean concern(int historyLength) {
        return isOn && historyLength > 0;
    }

    void apply(float[] logits, int[] history, int historyLength) {
        int window = options.penaltyWindow() < 0 ? historyLength : Math.min(options.penaltyWindow(), historyLength);
        int from = historyLength - window;
        if (occurrences.length != logits.length) {
            occurrences = new int[logits.length];
        }
        for (int i = from; i < historyLength; i++) {
            if (history[i] < 0 || history[i] >= logits.length) {
                throw new IllegalArgumentException("history: expected token ids from 0 below " + logits.length
                        + ", found " + history[i]);
            }
        }
        for (int i = from; i < historyLength; i++) {
            occurrences[history[i]]++;
        }
        for (int i = from; i < historyLength; i++) {
            int id = history[i];
            if (occurrences[id] == 0) {
                continue;
            }
            float logit = logits[id];
            logit = logit > 0 ? logit / options.repetitionPenalty() : logit * options.repetitionPenalty();
            logits[id] = logit - occurrences[id] * options.frequencyPenalty() - options.presencePenalty();
            occurrences[id] = 0;
        }
    }
}
