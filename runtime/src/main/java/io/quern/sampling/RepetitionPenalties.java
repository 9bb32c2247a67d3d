package io.quern.sampling;

import io.quern.SamplingOptions;
import java.util.Arrays;

/** The repetition, presence and frequency penalties, and the window of last tokens that they look at. */
final class RepetitionPenalties {
    private final SamplingOptions options;
    /** The last tokens: in a ring if the window is bounded, so in no order, which does not matter. */
    private int[] window;
    private int filled;
    private int nextSlot;
    /** How often each token stands in the window; zero between calls. */
    private final int[] occurrences;

    RepetitionPenalties(SamplingOptions options, int vocabularySize) {
        this.options = options;
        this.window = new int[options.penaltyWindow() < 0 ? 1024 : options.penaltyWindow()];
        this.occurrences = new int[vocabularySize];
    }

    static boolean isOn(SamplingOptions options) {
        return options.penaltyWindow() != 0 && (options.repetitionPenalty() != 1 || options.presencePenalty() != 0
                || options.frequencyPenalty() != 0);
    }

    void record(int id) {
        if (id < 0 || id >= occurrences.length) {
            throw new IllegalArgumentException("expected token ids from 0 below " + occurrences.length + ", found "
                    + id);
        }
        if (nextSlot == window.length) {
            if (options.penaltyWindow() < 0) {
                window = Arrays.copyOf(window, 2 * window.length);
            } else {
                nextSlot = 0;
            }
        }
        window[nextSlot++] = id;
        filled = Math.max(filled, nextSlot);
    }

    void apply(float[] logits) {
        for (int i = 0; i < filled; i++) {
            occurrences[window[i]]++;
        }
        for (int i = 0; i < filled; i++) {
            int id = window[i];
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
