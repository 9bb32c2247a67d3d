package io.quern.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogProbabilitiesTest {
    @Test
    void probabilitiesSumToOne() {
        float[] logits = new float[1000];
        Random random = new Random(1);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (random.nextGaussian() * 5);
        }
        LogProbabilities found = new LogProbabilities();
        found.compute(logits, 0);
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += Math.exp(found.of(i));
        }
        assertEquals(1, sum, 1e-9);
        assertEquals(0, found.count());
    }

    @Test
    void theLikeliestComeFirstAndEqualsById() {
        LogProbabilities found = new LogProbabilities();
        found.compute(new float[] {0, 2, 1, 2, Float.NEGATIVE_INFINITY}, 3);
        assertEquals(3, found.count());
        assertEquals(1, found.id(0));
        assertEquals(3, found.id(1));
        assertEquals(2, found.id(2));
        double mass = Math.log(1 + 2 * Math.exp(2) + Math.E);
        assertEquals(2 - mass, found.value(0), 1e-12);
        assertEquals(1 - mass, found.value(2), 1e-12);
        assertEquals(Double.NEGATIVE_INFINITY, found.of(4));
        found.compute(new float[] {5, Float.NEGATIVE_INFINITY}, 10);
        assertEquals(1, found.count());
        assertEquals(0, found.value(0), 1e-12);
    }

    @Test
    void whatIsNoNumberIsRefused() {
        LogProbabilities found = new LogProbabilities();
        assertThrows(IllegalArgumentException.class, () -> found.compute(new float[] {1, Float.NaN}, 1));
        assertThrows(IllegalArgumentException.class, () -> found.compute(new float[] {Float.POSITIVE_INFINITY}, 1));
        assertThrows(IllegalArgumentException.class, () -> found.compute(new float[] {Float.NEGATIVE_INFINITY}, 1));
    }
}
