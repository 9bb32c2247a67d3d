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

    /** A sampler that has drawn before, from other vocabularies too, finds what a new one does. */
    @Test
    void reusedArraysDoNotLeak() {
        Random random = new Random(3);
        for (SamplingOptions options : options()) {
            Sampler reused = new Sampler(options);
            for (int size : new int[] {500, 8, 8, 64, 500}) {
                float[] logits = logits(random, size);
                int[] history = random.ints(12, 0, size).toArray();
                reused.next(logits, history, history.length);
                Sampler fresh = new Sampler(options);
                fresh.next(logits, history, history.length);
                assertEquals(distribution(fresh), distribution(reused), options.toString());
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
                found[sampler.next(logits, NO_HISTORY, 0)]++;
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
        return IntStream.range(0, 100).map(i -> sampler.next(logits, NO_HISTORY, 0)).toArray();
    }

    @Test
    void greedyTakesTheLowestIdOfTheHighest() {
        SamplingOptions greedy = SamplingOptions.greedy();
        assertEquals(1, next(greedy, new float[] {1, 3, 3, 2, 3}));
        assertEquals(0, next(greedy, new float[] {-5}));
        assertEquals(2, next(greedy, new float[] {Float.NEGATIVE_INFINITY, -2, -1}));
    }

    private static int next(SamplingOptions options, float[] logits, int... history) {
        return new Sampler(options).next(logits, history, history.length);
    }

    @Test
    void greedyHeedsBiasAndPenalties() {
        float[] logits = {2, 1.9f, -1};
        SamplingOptions greedy = SamplingOptions.greedy();
        assertEquals(1, next(greedy.withLogitBias(Map.of(0, Float.NEGATIVE_INFINITY)), logits));
        assertEquals(1, next(greedy.withRepetitionPenalty(1.1f), logits, 0));
        assertEquals(1, next(greedy.withPresencePenalty(0.2f), logits, 0));
        assertEquals(1, next(greedy.withFrequencyPenalty(0.06f), logits, 0, 0));
        assertEquals(0, next(greedy.withFrequencyPenalty(0.06f), logits, 0));
        assertEquals(0, next(greedy.withRepetitionPenalty(1.1f), new float[] {-1, -1.05f}));
        assertEquals(1, next(greedy.withRepetitionPenalty(1.1f), new float[] {-1, -1.05f}, 0));
    }

    @Test
    void theWindowLimitsThePenalties() {
        float[] logits = {2, 1.9f, 0};
        int[] history = {0, 2, 2};
        SamplingOptions options = SamplingOptions.greedy().withPresencePenalty(1);
        assertEquals(0, next(options.withPenaltyWindow(2), logits, history));
        assertEquals(1, next(options.withPenaltyWindow(3), logits, history));
        assertEquals(1, next(options.withPenaltyWindow(-1), logits, history));
        assertEquals(0, next(options.withPenaltyWindow(0), logits, history));
        int[] many = new int[5000];
        java.util.Arrays.fill(many, 1, 5000, 2);
        assertEquals(1, next(options.withPenaltyWindow(-1), logits, many));
        assertEquals(0, next(options.withPenaltyWindow(4999), logits, many));
    }

    @Test
    void theCallersLogitsStayAsTheyAre() {
        float[] logits = {1, 2, 3, 4};
        next(ALL.withRepetitionPenalty(2).withLogitBias(Map.of(1, 5f)).withTopK(2), logits, 3);
        assertArrayEquals(new float[] {1, 2, 3, 4}, logits);
    }

    @Test
    void extremeLogitsAndTemperatures() {
        float[] logits = {1e30f, -1e30f, 1e30f, Float.NEGATIVE_INFINITY};
        for (float temperature : new float[] {Float.MIN_VALUE, 1e-10f, 1, 1e30f, Float.MAX_VALUE}) {
            for (SamplingOptions options : List.of(ALL, ALL.withTopK(3), ALL.withTopP(0.9f), ALL.withTypicalP(0.5f))) {
                Sampler sampler = new Sampler(options.withTemperature(temperature));
                for (int i = 0; i < 50; i++) {
                    assertNotEquals(3, sampler.next(logits, NO_HISTORY, 0));
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
            assertEquals(77, next(options.withLogitBias(Map.of()), logits));
        }
    }

    @Test
    void whatIsNoNumberIsRefused() {
        for (SamplingOptions options : List.of(ALL, SamplingOptions.greedy(), SamplingOptions.defaults())) {
            String message = refusal(options, 1, Float.NaN, 0);
            assertTrue(message.contains("token 1"), message);
            refusal(options, Float.NaN);
            refusal(options, Float.NaN, 1);
            refusal(options, 1, Float.POSITIVE_INFINITY);
            refusal(options, Float.NEGATIVE_INFINITY);
            refusal(options);
        }
    }

    private static String refusal(SamplingOptions options, float... logits) {
        return assertThrows(IllegalArgumentException.class, () -> next(options, logits)).getMessage();
    }

    @Test
    void tokensWithoutALogitAreRefused() {
        assertTrue(refusal(ALL.withLogitBias(Map.of(4, 1f)), 0, 0, 0, 0).contains("found 4"));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> next(ALL.withPresencePenalty(1), new float[4], 1, 4)).getMessage().contains("found 4"));
    }

    /** After the first tokens, drawing allocates nothing, whatever the filters. */
    @Test
    void drawingAllocatesNothing() {
        float[] logits = logits(new Random(8), 50_000);
        for (SamplingOptions options : List.of(SamplingOptions.defaults(), SamplingOptions.greedy(), ALL,
                ALL.withTopP(0.9f), ALL.withTypicalP(0.9f).withTopK(100).withRepetitionPenalty(1.1f))) {
            Sampler sampler = new Sampler(options.withSeed(1));
            int[] history = new int[30];
            for (int i = 0; i < 20; i++) {
                history[i] = sampler.next(logits, history, i);
            }
            long before = AllocatedBytes.now();
            for (int i = 20; i < 30; i++) {
                history[i] = sampler.next(logits, history, i);
            }
            long bytes = AllocatedBytes.now() - before;
            assertTrue(bytes < 1024, options + " allocated " + bytes + " bytes for ten tokens");
        }
    }
}
