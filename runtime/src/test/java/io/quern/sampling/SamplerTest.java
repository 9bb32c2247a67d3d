package io.quern.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.SamplingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final SamplingOptions ALL = new SamplingOptions(1, 0, 1, 0, 1, 1, 0, 0, 64, OptionalLong.of(1),
            Map.of());
    private static final int[] NO_HISTORY = {};

    private static float[] logits(Random random, int size) {
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            logits[i] = (float) (random.nextGaussian() * 3);
        }
        return logits;
    }

    private static List<SamplingOptions> options() {
        List<SamplingOptions> all = new ArrayList<>();
        for (int topK : new int[] {0, 1, 2, 40, 1000, 100_000}) {
            for (float topP : new float[] {0, 0.3f, 0.95f, 1}) {
                for (float minP : new float[] {0, 0.05f, 0.4f, 1}) {
                    for (float typicalP : new float[] {0.2f, 0.9f, 1}) {
                        all.add(new SamplingOptions(0.7f, topK, topP, minP, typicalP, 1.3f, 0.5f, 0.25f, 10,
                                OptionalLong.of(7), Map.of(3, 2.5f, 0, Float.NEGATIVE_INFINITY)));
                    }
                }
            }
        }
        return all;
    }

    /** The same candidates with the same probabilities as the full-sort reference, for every combination of filters. */
    @Test
    void keepsWhatTheReferenceKeeps() {
        long seed = 20261122;
        Random random = new Random(seed);
        for (int size : new int[] {4, 5, 63, 1000}) {
            for (SamplingOptions options : options()) {
                float[] logits = logits(random, size);
                int[] history = random.ints(25, 0, size).toArray();
                Map<Integer, Double> expected = NaiveSampler.distribution(options, logits, history);
                Sampler sampler = new Sampler(options);
                int drawn = sampler.next(logits, history, history.length);
                String what = options + " size " + size + " seed " + seed;
                assertEquals(expected.keySet(), distribution(sampler).keySet(), what);
                distribution(sampler).forEach((id, p) -> assertEquals(expected.get(id), p, 1e-5, what));
                assertTrue(expected.containsKey(drawn), what);
            }
        }
    }

    private static Map<Integer, Double> distribution(Sampler sampler) {
        Map<Integer, Double> distribution = new HashMap<>();
        double total = IntStream.range(0, sampler.candidates().count()).mapToDouble(sampler::weight).sum();
        for (int i = 0; i < sampler.candidates().count(); i++) {
            distribution.put(sampler.candidates().id(i), sampler.weight(i) / total);
        }
        return distribution;
    }

    /** One sampler for changing vocabularies leaves nothing behind from the call before. */
    @Test
    void reusedArraysDoNotLeak() {
        Random random = new Random(3);
        for (SamplingOptions options : options()) {
            Sampler reused = new Sampler(options);
            for (int size : new int[] {500, 8, 64, 500}) {
                float[] logits = logits(random, size);
                int[] history = random.ints(12, 0, size).toArray();
                reused.next(logits, history, history.length);
                Sampler fresh = new Sampler(options);
                fresh.next(logits, history, history.length);
                assertEquals(distribution(fresh), distribution(reused));
            }
        }
    }

    /** Chi-square against the reference's probabilities; the seed is fixed, so the outcome is too. */
    @Test
    void drawsAsOftenAsTheProbabilitiesSay() {
        Random random = new Random(11);
        float[] logits = logits(random, 50);
        for (SamplingOptions options : List.of(ALL, ALL.withTemperature(2), ALL.withTopK(12), ALL.withTopP(0.8f),
                ALL.withTopK(20).withTopP(0.9f).withMinP(0.05f).withTemperature(0.8f), ALL.withTypicalP(0.7f))) {
            Map<Integer, Double> expected = NaiveSampler.distribution(options, logits, NO_HISTORY);
            Sampler sampler = new Sampler(options.withSeed(99));
            int draws = 200_000;
            int[] found = new int[logits.length];
            for (int i = 0; i < draws; i++) {
                found[sampler.next(logits)]++;
            }
            double chiSquare = 0;
            int cells = 0;
            for (int id = 0; id < found.length; id++) {
                double mean = expected.getOrDefault(id, 0.0) * draws;
                if (mean == 0) {
                    assertEquals(0, found[id]);
                } else if (mean >= 5) {
                    chiSquare += (found[id] - mean) * (found[id] - mean) / mean;
                    cells++;
                }
            }
            // Mean cells - 1, variance twice that: five standard deviations.
            double limit = cells - 1 + 5 * Math.sqrt(2.0 * (cells - 1));
            assertTrue(chiSquare < limit, options + ": " + chiSquare + " of " + limit);
        }
    }

    @Test
    void aSeedRepeatsItselfAndAnotherDiffers() {
        float[] logits = new float[1000];
        int[] first = draws(new Sampler(ALL.withSeed(42)), logits);
        assertArrayEquals(first, draws(new Sampler(ALL.withSeed(42)), logits));
        assertNotEquals(List.of(first[0], first[1], first[2], first[3]),
                IntStream.of(draws(new Sampler(ALL.withSeed(43)), logits)).limit(4).boxed().toList());
    }

    private static int[] draws(Sampler sampler, float[] logits) {
        return IntStream.range(0, 100).map(i -> sampler.next(logits)).toArray();
    }

    @Test
    void greedyTakesTheLowestIdOfTheHighest() {
        Sampler greedy = new Sampler(SamplingOptions.greedy());
        assertEquals(1, greedy.next(new float[] {1, 3, 3, 2, 3}));
        assertEquals(0, greedy.next(new float[] {-5}));
        assertEquals(2, greedy.next(new float[] {Float.NEGATIVE_INFINITY, -2, -1}));
    }

    @Test
    void greedyHeedsBiasAndPenalties() {
        float[] logits = {2, 1.9f, -1};
        assertEquals(1, new Sampler(SamplingOptions.greedy().withLogitBias(Map.of(0, Float.NEGATIVE_INFINITY)))
                .next(logits));
        assertEquals(1, new Sampler(SamplingOptions.greedy().withRepetitionPenalty(1.1f)).next(logits, new int[] {0}, 1));
        assertEquals(1, new Sampler(SamplingOptions.greedy().withPresencePenalty(0.2f)).next(logits, new int[] {0}, 1));
        assertEquals(1, new Sampler(SamplingOptions.greedy().withFrequencyPenalty(0.06f))
                .next(logits, new int[] {0, 0}, 2));
        assertEquals(0, new Sampler(SamplingOptions.greedy().withFrequencyPenalty(0.06f))
                .next(logits, new int[] {0, 0}, 1));
    }

    @Test
    void theWindowLimitsThePenalties() {
        float[] logits = {2, 1.9f};
        int[] history = {0, 5, 5};
        SamplingOptions options = SamplingOptions.greedy().withPresencePenalty(1);
        assertEquals(0, new Sampler(options.withPenaltyWindow(2)).next(logits, history, 3));
        assertEquals(1, new Sampler(options.withPenaltyWindow(3)).next(logits, history, 3));
        assertEquals(1, new Sampler(options.withPenaltyWindow(-1)).next(logits, history, 3));
        assertEquals(0, new Sampler(options.withPenaltyWindow(0)).next(logits, history, 3));
    }

    @Test
    void theCallersLogitsStayAsTheyAre() {
        float[] logits = {1, 2, 3, 4};
        new Sampler(ALL.withRepetitionPenalty(2).withLogitBias(Map.of(1, 5f)).withTopK(2)).next(logits, new int[] {3}, 1);
        assertArrayEquals(new float[] {1, 2, 3, 4}, logits);
    }

    @Test
    void extremeLogitsAndTemperatures() {
        float[] logits = {1e30f, -1e30f, 1e30f, Float.NEGATIVE_INFINITY};
        for (float temperature : new float[] {Float.MIN_VALUE, 1e-10f, 1, 1e30f, Float.MAX_VALUE}) {
            for (SamplingOptions options : List.of(ALL, ALL.withTopK(3), ALL.withTopP(0.9f), ALL.withTypicalP(0.5f))) {
                Sampler sampler = new Sampler(options.withTemperature(temperature));
                for (int i = 0; i < 50; i++) {
                    assertNotEquals(3, sampler.next(logits));
                }
            }
        }
    }

    @Test
    void aTokenOfNegativeInfinityIsNeverDrawn() {
        float[] logits = new float[100];
        java.util.Arrays.fill(logits, Float.NEGATIVE_INFINITY);
        logits[77] = -50;
        for (SamplingOptions options : options()) {
            assertEquals(77, new Sampler(options.withLogitBias(Map.of())).next(logits));
        }
    }

    @Test
    void whatIsNoNumberIsRefused() {
        for (SamplingOptions options : List.of(ALL, SamplingOptions.greedy(), SamplingOptions.defaults())) {
            Sampler sampler = new Sampler(options);
            assertTrue(assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[] {1, Float.NaN, 0}))
                    .getMessage().contains("token 1"));
            assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[] {Float.NaN}));
            assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[] {1, Float.POSITIVE_INFINITY}));
            assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[] {Float.NEGATIVE_INFINITY}));
            assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[0]));
        }
    }

    @Test
    void aBiasOutsideTheVocabularyIsRefused() {
        Sampler sampler = new Sampler(ALL.withLogitBias(Map.of(4, 1f)));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> sampler.next(new float[4])).getMessage()
                .contains("found 4"));
    }
}
