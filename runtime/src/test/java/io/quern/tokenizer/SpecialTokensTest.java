package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quern.tokenizer.SpecialTokens.Token;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecialTokensTest {
    private static String split(String text, List<Token> tokens) {
        StringBuilder parts = new StringBuilder();
        new SpecialTokens(tokens).split(text, new SpecialTokens.Sink() {
            @Override
            public void text(int from, int to) {
                parts.append('[').append(text, from, to).append(']');
            }

            @Override
            public void token(int id) {
                parts.append(id);
            }
        });
        return parts.toString();
    }

    private static Token flagged(int id, String content, String flags) {
        return new Token(id, content, flags.contains("w"), flags.contains("l"), flags.contains("r"));
    }

    @Test
    void leftmostThenLongest() {
        List<Token> tokens = List.of(new Token(1, "ab"), new Token(2, "bcd"), new Token(3, "abc"), new Token(4, "d"));
        assertEquals("34", split("abcd", tokens));
        assertEquals("[x]1[x]", split("xabx", tokens));
        assertEquals("[b]24[c]", split("bbcddc", tokens));
        assertEquals("", split("", tokens));
        assertEquals("[abcd]", split("abcd", List.of()));
    }

    @Test
    void flags() {
        assertEquals("[a]7[ b]", split("a  <x> b", List.of(flagged(7, "<x>", "l"))));
        assertEquals("[a  ]7[b]", split("a  <x> \n\u3000b", List.of(flagged(7, "<x>", "r"))));
        assertEquals("[a]77[b]", split("a <x> <x> b", List.of(flagged(7, "<x>", "lr"))));
        assertEquals("7[ bathe ]7[.]", split("the bathe the.", List.of(flagged(7, "the", "w"))));
        assertEquals("[thé_the 1the]", split("thé_the 1the", List.of(flagged(7, "the", "w"))));
        assertEquals("7[-]7", split("the-the", List.of(flagged(7, "the", "w"))));
    }

    @Test
    void sameAsTryingEveryTokenAtEveryPlace() {
        RandomTexts random = new RandomTexts();
        for (int round = 0; round < 2000; round++) {
            List<Token> tokens = new ArrayList<>();
            for (int id = 1 + random.nextInt(8); id > 0; id--) {
                tokens.add(new Token(id, random.next(5, "ab<")));
            }
            String text = random.next(30, "ab<c");
            assertEquals(naive(text, tokens), split(text, tokens), text + " " + tokens);
        }
    }

    private static String naive(String text, List<Token> tokens) {
        StringBuilder parts = new StringBuilder();
        int from = 0;
        for (int at = 0; at < text.length();) {
            Token longest = null;
            for (Token token : tokens) {
                boolean longer = longest == null || token.content().length() > longest.content().length();
                if (!token.content().isEmpty() && longer && text.startsWith(token.content(), at)) {
                    longest = token;
                }
            }
            if (longest == null) {
                at++;
                continue;
            }
            parts.append(from < at ? "[" + text.substring(from, at) + "]" : "").append(longest.id());
            at += longest.content().length();
            from = at;
        }
        return parts.append(from < text.length() ? "[" + text.substring(from) + "]" : "").toString();
    }

    @Test
    void longTextWithMisleadingBeginnings() {
        String text = "a".repeat(1 << 20);
        assertEquals("[" + text + "]", split(text, List.of(new Token(1, "a".repeat(60_000) + "b"))));
    }
}
