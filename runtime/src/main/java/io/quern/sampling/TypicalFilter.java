package io.quern.sampling;

/**
 * Locally typical sampling (Meister et al., arXiv 2202.00666): keeps the tokens whose surprise, minus log p, is nearest
 * to the entropy, until their probabilities sum to more than {@code p}.
 */
final class TypicalFilter {
    private final Candidates byDeviation = new Candidates();
    private double[] logProbabilities = new double[0];

    void apply(Candidates candidates, float p) {
        int count = candidates.count();
        if (logProbabilities.length < count) {
            logProbabilities = new double[count];
        }
        double entropy = logProbabilitiesOf(candidates);
        byDeviation.reset(count);
        for (int i = 0; i < count; i++) {
            // Ordered by the least deviation; of equal ones the first of the candidates.
            byDeviation.add(i, (float) -Math.abs(-logProbabilities[i] - entropy));
        }
        byDeviation.startTaking();
        double mass = 0;
        while (byDeviation.hasMore() && mass <= p) {
            byDeviation.takeBest();
            mass += Math.exp(logProbabilities[byDeviation.takenId()]);
        }
        byDeviation.keepTaken();
        keep(candidates);
    }

    /** Fills {@link #logProbabilities} and returns the entropy, in nats. */
    private double logProbabilitiesOf(Candidates candidates) {
        int count = candidates.count();
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, candidates.score(i));
        }
        double mass = 0;
        for (int i = 0; i < count; i++) {
            mass += Math.exp(candidates.score(i) - highest);
        }
        double entropy = 0;
        double logMass = highest + Math.log(mass);
        for (int i = 0; i < count; i++) {
            logProbabilities[i] = candidates.score(i) - logMass;
            entropy -= Math.exp(logProbabilities[i]) * logProbabilities[i];
        }
        return entropy;
    }

    private void keep(Candidates candidates) {
        for (int i = 0; i < byDeviation.count(); i++) {
            int index = byDeviation.id(i);
            byDeviation.set(i, candidates.id(index), candidates.score(index));
        }
        candidates.copyFrom(byDeviation);
    }
}
