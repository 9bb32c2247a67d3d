package io.quern.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    @Test
    void holdsBackWhatMayBeginAStop() {
        StopStrings stops = new StopStrings(List.of("</s>", "User:"));
        assertEquals("a ", stops.accept("a <"));
        assertEquals("", stops.accept("/"));
        assertEquals("</x", stops.accept("x"));
        assertEquals("Us ", stops.accept("Us "));
        assertEquals("b", stops.accept("bUs"));
        assertEquals("", stops.accept("er"));
        assertFalse(stops.stopped());
        assertEquals("", stops.accept(": more"));
        assertTrue(stops.stopped());
        assertEquals("User:", stops.found());
        assertEquals("", stops.accept("and more"));
        assertEquals("", stops.finish());
    }

    @Test
    void whatWasHeldComesAtTheEnd() {
        StopStrings stops = new StopStrings(List.of("stop"));
        assertEquals("a", stops.accept("asto"));
        assertEquals("sto", stops.finish());
        assertNull(stops.found());
    }

    @Test
    void aBeginningInsideABeginning() {
        StopStrings stops = new StopStrings(List.of("aab"));
        assertEquals("a", stops.accept("aaa"));
        assertEquals("", stops.accept("b"));
        assertTrue(stops.stopped());
    }

    @Test
    void theFirstToBeCompleteWins() {
        StopStrings stops = new StopStrings(List.of("abcd", "bc"));
        assertEquals("a", stops.accept("abcd"));
        assertEquals("bc", stops.found());
    }

    @Test
    void ofTwoCompleteTogetherTheLongestWins() {
        StopStrings stops = new StopStrings(List.of("c", "abc", "bc"));
        assertEquals("x", stops.accept("xabc"));
        assertEquals("abc", stops.found());
    }

    @Test
    void withoutStopsTextPasses() {
        StopStrings stops = new StopStrings(List.of());
        assertEquals("你好😀", stops.accept("你好😀"));
        assertEquals("", stops.finish());
    }

    @Test
    void anEmptyStopIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new StopStrings(List.of("a", "")));
    }

    /** However the text is cut, the same text comes out, and it is what a search in the whole text gives. */
    @Test
    void cutsDoNotMatter() {
        Random random = new Random(4);
        for (int round = 0; round < 20_000; round++) {
            List<String> stops = random.ints(random.nextInt(3) + 1, 1, 5).mapToObj(n -> text(random, n)).toList();
            String text = text(random, random.nextInt(20));
            StopStrings watch = new StopStrings(stops);
            StringBuilder shown = new StringBuilder();
            for (int from = 0; from < text.length();) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(4));
                shown.append(watch.accept(text.substring(from, to)));
                from = to;
            }
            shown.append(watch.finish());
            assertEquals(expected(text, stops), shown.toString(), text + " " + stops);
        }
    }

    private static String expected(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            int longest = stops.stream().filter(head::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return head.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String text(Random random, int length) {
        return random.ints(length, 'a', 'd').collect(StringBuilder::new, StringBuilder::appendCodePoint,
                StringBuilder::append).toString();
    }
}
