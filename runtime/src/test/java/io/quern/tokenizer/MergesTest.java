package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MergesTest {
    @Test
    void ofTwoAlikeTheEarlierOneCounts() {
        Merges merges = new Merges(0);
        assertTrue(merges.add("a b"));
        assertTrue(merges.add("ab c"));
        merges.add("a", "b");
        merges.add("c", "d");
        assertEquals(0, merges.rank("a", "b"));
        assertEquals(1, merges.rank("ab", "c"));
        assertEquals(3, merges.rank("c", "d"));
        assertEquals(Merges.NONE, merges.rank("a", "bc"));
        assertEquals(Merges.NONE, merges.rank("b", "a"));
        assertFalse(merges.add("abc"));
        assertFalse(merges.add(" abc"));
    }

    /** Where one part ends and the other begins is a part of what a merge is. */
    @Test
    void partsMayHaveSpaces() {
        Merges merges = new Merges(5);
        merges.add("a b", "c");
        merges.add("a", "b c");
        assertTrue(merges.add("x y z"));
        assertTrue(merges.add("  v"));
        assertTrue(merges.add("w "));
        assertEquals(0, merges.rank("a b", "c"));
        assertEquals(1, merges.rank("a", "b c"));
        assertEquals(2, merges.rank("x", "y z"));
        assertEquals(Merges.NONE, merges.rank("x y", "z"));
        assertEquals(3, merges.rank(" ", "v"));
        assertEquals(4, merges.rank("w", ""));
        assertEquals(Merges.NONE, merges.rank("3  a b", "c"));
    }

    @Test
    void lettersArePartsOfOneCharacter() {
        Merges merges = new Merges(3);
        merges.add("a bc");
        merges.add("de Ġ");
        merges.add("f", "\u0180");
        for (char letter = 0; letter < 0x200; letter++) {
            assertEquals("aĠf".indexOf(letter) >= 0, merges.hasLetter(letter), String.valueOf(letter));
        }
    }
}
