package io.quern.measure;

import io.quern.Model;
import io.quern.QuernException;
import io.quern.Session;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Quality of a model on a text, as llama.cpp's perplexity program measures it: the text's tokens in chunks of the
 * context's length, each in an empty context and without a beginning-of-text token; the second half of every chunk is
 * scored; a last chunk that is not full is dropped.
 */
public final class Perplexity {
    private Perplexity() {}

    /** How the tokens of a chunk go through the model. */
    public enum Way {
        /** Many at once, as a prompt. */
        PREFILL,
        /** One after another, as an answer. */
        DECODE
    }

    /**
     * What came out.
     *
     * @param scored number of predictions
     * @param perplexity exp of the mean negative log likelihood
     * @param meanDivergence mean Kullback-Leibler divergence of the reference's prediction from this one, in nats; NaN
     *     without a reference
     * @param sameTop share of predictions whose likeliest token is the reference's; NaN without one
     * @param referencePerplexity NaN without a reference
     */
    public record Result(
            int chunks, int scored, double perplexity, double meanDivergence, double sameTop,
            double referencePerplexity) {}

    /**
     * Measures.
     *
     * @param reference the model to compare with, of the same vocabulary, or null
     * @param maxChunks chunks at most, 0 for all
     */
    public static Result measure(Model model, Way way, Model reference, int[] ids, int context, int maxChunks,
            Consumer<String> progress) {
        check(model, context);
        int chunks = ids.length / context;
        if (maxChunks > 0) {
            chunks = Math.min(chunks, maxChunks);
        }
        if (chunks == 0) {
            throw new QuernException(
                    "the text has " + ids.length + " tokens, expected at least one chunk of " + context);
        }
        if (reference != null) {
            check(reference, context);
            if (reference.vocabularySize() != model.vocabularySize()) {
                throw new QuernException(
                        "the reference has a vocabulary of " + reference.vocabularySize() + ", the model of "
                                + model.vocabularySize() + ": expected the same");
            }
        }
        Sums sums = new Sums(reference != null);
        try (Session session = model.newSession();
                Session other = reference == null ? null : reference.newSession()) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                int[] part = Arrays.copyOfRange(ids, chunk * context, (chunk + 1) * context);
                float[][] logits = predictions(session, way, part);
                float[][] expected = other == null ? null : predictions(other, Way.PREFILL, part);
                for (int i = 0; i < logits.length; i++) {
                    sums.add(logits[i], expected == null ? null : expected[i], part[context / 2 + 1 + i]);
                }
                progress.accept("chunk " + (chunk + 1) + " of " + chunks + ": perplexity "
                        + String.format(java.util.Locale.ROOT, "%.3f", sums.result(chunk + 1).perplexity()));
            }
        }
        return sums.result(chunks);
    }

    private static void check(Model model, int context) {
        if (context < 4 || context > model.contextLength()) {
            throw new QuernException("context " + context + ", expected 4 to the model's " + model.contextLength());
        }
    }

    /** The logits that predict the tokens after the middle one. */
    private static float[][] predictions(Session session, Way way, int[] ids) {
        session.truncate(0);
        int middle = ids.length / 2;
        int[] first = Arrays.copyOf(ids, middle);
        int[] second = Arrays.copyOfRange(ids, middle, ids.length - 1);
        if (way == Way.PREFILL) {
            session.accept(first);
            return session.acceptAll(second);
        }
        for (int id : first) {
            session.accept(id);
        }
        float[][] logits = new float[second.length][];
        for (int i = 0; i < second.length; i++) {
            logits[i] = session.accept(second[i]);
        }
        return logits;
    }

    /** Running sums over predictions. */
    private static final class Sums {
        private final boolean compares;
        private int scored;
        private double logLikelihood;
        private double referenceLogLikelihood;
        private double divergence;
        private int sameTop;

        Sums(boolean compares) {
            this.compares = compares;
        }

        void add(float[] logits, float[] reference, int id) {
            scored++;
            double logSum = logSumExp(logits);
            logLikelihood += logits[id] - logSum;
            if (compares) {
                double referenceLogSum = logSumExp(reference);
                referenceLogLikelihood += reference[id] - referenceLogSum;
                double sum = 0;
                for (int i = 0; i < logits.length; i++) {
                    double p = reference[i] - referenceLogSum;
                    sum += Math.exp(p) * (p - (logits[i] - logSum));
                }
                divergence += sum;
                sameTop += argmax(logits) == argmax(reference) ? 1 : 0;
            }
        }

        Result result(int chunks) {
            return new Result(chunks, scored, Math.exp(-logLikelihood / scored),
                    compares ? divergence / scored : Double.NaN,
                    compares ? (double) sameTop / scored : Double.NaN,
                    compares ? Math.exp(-referenceLogLikelihood / scored) : Double.NaN);
        }

        private static double logSumExp(float[] logits) {
            double max = logits[argmax(logits)];
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit - max);
            }
            return max + Math.log(sum);
        }

        private static int argmax(float[] values) {
            int best = 0;
            for (int i = 1; i < values.length; i++) {
                best = values[i] > values[best] ? i : best;
            }
            return best;
        }
    }
}
