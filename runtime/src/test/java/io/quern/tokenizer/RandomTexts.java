package io.quern.tokenizer;

import java.util.Random;

/** Texts of all sorts of characters, always the same. */
final class RandomTexts {
    private static final String[] PARTS = {
        "a", "b", "ab", "the", " ", " ", "  ", "\n", "\r\n", "\t", "1", "23", ".", "!?", "'s", "'LL", "don't", "é",
        "e\u0301", "中", "文", "한", "ひ", "Ж", "ǅ", "🦙", "👨\u200d👩", "𝒳", "\u0000", "\u00A0", "\u3000", "\u0085",
        "\uFFFD",
        "▁", "Ġ", "<s>", "<|im_end|>", "<0x0A>", "½", "²"
    };

    private final Random random = new Random(20261122);

    /** A text of up to {@code limit} parts. */
    String next(int limit) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(limit); i > 0; i--) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }

    /** A text of up to {@code limit} characters of an alphabet. */
    String next(int limit, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(limit); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
