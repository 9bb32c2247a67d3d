package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairMergerTest {
    /** Merges the best pair again and again, looking at all of them each time. */
    private static int[] naive(int[] text, PairMerger.Pairs pairs) {
        List<Integer> symbols = new ArrayList<>(Arrays.stream(text).boxed().toList());
        while (true) {
            int at = -1;
            long best = 0;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                long candidate = pairs.merged(symbols.get(i), symbols.get(i + 1));
                if (candidate != PairMerger.Pairs.NONE && (at < 0 || candidate >> 32 < best >> 32)) {
                    at = i;
                    best = candidate;
                }
            }
            if (at < 0) {
                return symbols.stream().mapToInt(symbol -> symbol).toArray();
            }
            symbols.set(at, (int) best);
            symbols.remove(at + 1);
        }
    }

    @Test
    void sameAsLookingAtAllPairs() {
        RandomTexts random = new RandomTexts();
        for (int round = 0; round < 500; round++) {
            int symbols = 2 + random.nextInt(6);
            Map<Long, Long> table = new HashMap<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                long pair = LongIntMap.pair(random.nextInt(2 * symbols), random.nextInt(2 * symbols));
                // Priorities that tie, negative ones among them; every merge makes a larger symbol, so merging ends.
                table.put(pair, (long) (random.nextInt(7) - 3) << 32 | symbols + random.nextInt(symbols));
            }
            PairMerger.Pairs pairs =
                    (left, right) -> table.getOrDefault(LongIntMap.pair(left, right), PairMerger.Pairs.NONE);
            PairMerger merger = new PairMerger(pairs);
            for (int length : new int[] {0, 1, 2, 3, 20, 90}) {
                int[] text = new int[length];
                Arrays.setAll(text, i -> random.nextInt(symbols));
                int[] expected = naive(text, pairs);
                int count = merger.merge(text, length);
                assertArrayEquals(expected, Arrays.copyOf(text, count), "round " + round);
            }
        }
    }

    @Test
    void longRunOfOneSymbol() {
        int[] text = new int[1 << 20];
        PairMerger merger = new PairMerger((left, right) -> left == right && left < 10
                ? (long) left << 32 | left + 1
                : PairMerger.Pairs.NONE);
        assertEquals(1 << 10, merger.merge(text, text.length));
        assertEquals(10, text[0]);
    }
}
