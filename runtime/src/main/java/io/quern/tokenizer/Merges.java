package io.quern.tokenizer;

import java.util.HashMap;
import java.util.Map;

/**
 * The ranks of merges by the spellings of their two parts. Vocabularies have up to a few hundred thousand, and a prompt
 * needs some hundreds of them: so they are found by their spellings when they are needed, and nothing is looked up
 * before. Of two merges alike the earlier one counts.
 */
final class Merges {
    static final int NONE = -1;

    /** The byte alphabet, and what lies between. */
    static final int ALPHABET = 0x180;

    private final Map<String, Integer> ranks;
    private final boolean[] letters = new boolean[ALPHABET];
    private int count;

    /** @param expected how many will be added */
    Merges(int expected) {
        this.ranks = HashMap.newHashMap(expected);
    }

    /**
     * Adds the next merge: its parts with a space between them, the first one after the first character. False if there
     * is none.
     */
    boolean add(String line) {
        int space = line.indexOf(' ', 1);
        if (space < 0) {
            return false;
        }
        if (line.charAt(0) == ' ' || line.indexOf(' ', space + 1) >= 0) {
            add(line.substring(0, space), line.substring(space + 1));
        } else {
            ranks.putIfAbsent(line, count++);
            note(line, 0, space);
            note(line, space + 1, line.length());
        }
        return true;
    }

    /** Adds the next merge. */
    void add(String left, String right) {
        ranks.putIfAbsent(key(left, right), count++);
        note(left, 0, left.length());
        note(right, 0, right.length());
    }

    private void note(String text, int from, int limit) {
        if (limit - from == 1 && text.charAt(from) < ALPHABET) {
            letters[text.charAt(from)] = true;
        }
    }

    /** The line of a merge. Parts with spaces in them have a key of their own, with more than one space. */
    private static String key(String left, String right) {
        String line = left.concat(" ").concat(right);
        return left.indexOf(' ') < 0 && right.indexOf(' ') < 0
                ? line
                : Integer.toString(left.length()).concat("  ").concat(line);
    }

    /** The place of a merge in the list, or {@link #NONE}. */
    int rank(String left, String right) {
        return ranks.getOrDefault(key(left, right), NONE);
    }

    /** Whether a character below U+0180, the byte alphabet among them, is a part of a merge. */
    boolean hasLetter(int codePoint) {
        return codePoint < ALPHABET && letters[codePoint];
    }
}
