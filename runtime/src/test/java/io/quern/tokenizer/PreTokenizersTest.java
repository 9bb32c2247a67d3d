package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.tokenizer.RegexSplit.Behavior;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreTokenizersTest {
    private static List<String> pieces(PreTokenizer splitter, String text) {
        List<String> pieces = new ArrayList<>();
        splitter.split(text, true, (piece, atStart) -> pieces.add(piece));
        return pieces;
    }

    /** The pieces as text again, with a bar between them. */
    private static String cut(String name, String text) {
        return String.join("|", pieces(PreTokenizers.named(name).splitter(), text).stream()
                .map(piece -> new String(ByteAlphabet.decode(piece), StandardCharsets.UTF_8))
                .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "gpt-2; `I'm  1234, ok`; `I|'m| | 1234|,| ok`",
        "llama-bpe; `I'M  1234, ok`; `I|'M| | |123|4|,| ok`",
        "qwen2; `I'M 12, ok`; `I|'M| |1|2|,| ok`",
        "smollm; `a 12`; `a| |1|2`",
        "starcoder; `x=12`; `x|=|1|2`",
        "falcon; `a12345$b`; `a|123|45|$|b`",
        "default; `a12345 b`; `a|123|45| b`",
        "deepseek-llm; `ab 中文12 `; `ab| |中文|12| `",
        "deepseek-coder; `ab,中12`; `ab|,|中|1|2`",
        "deepseek-v3; `ab 1234中x`; `ab| |123|4|中|x`",
        "tekken; `HTTPServer12`; `HTTPServer|1|2`",
        "tekken; `aBc`; `a|Bc`",
        "gpt-4o; `He'll 1234`; `He'll| |123|4`",
        "bloom; `ab, cd`; `ab|,| cd`",
        "dbrx; `a1234`; `a|123|4`",
        "command-r; `a12`; `a|1|2`"
    })
    void cuts(String name, String text, String expected) {
        assertEquals(expected, cut(name, text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "gpt-2", "llama-bpe", "qwen2", "smollm", "falcon", "tekken", "gpt-4o", "bloom",
        "viking", "deepseek-llm", "deepseek-coder", "deepseek-v3", "qwen35", "bailingmoe", "seed-coder"})
    void loseNothing(String name) {
        RandomTexts random = new RandomTexts();
        for (int i = 0; i < 300; i++) {
            String text = random.next(30).replace("|", "");
            assertEquals(text, cut(name, text).replace("|", ""));
        }
    }

    /** A pattern that looks at a run once for each of its characters runs into the limit of steps, or of the stack. */
    @ParameterizedTest
    @ValueSource(strings = {"default", "gpt-2", "llama-bpe", "qwen2", "smollm", "falcon", "tekken", "gpt-4o", "bloom",
        "deepseek-llm", "deepseek-coder", "deepseek-v3"})
    void longRuns(String name) {
        PreTokenizer splitter = PreTokenizers.named(name).splitter();
        for (String unit : List.of("a", "A", " ", "\n", "1", "'", "中", "a𝒳", "e\u0301", " \n", ".")) {
            String text = unit.repeat(20_000) + "x";
            int[] length = {0};
            splitter.split(text, true, (piece, atStart) -> length[0] += piece.length());
            assertEquals(text.getBytes(StandardCharsets.UTF_8).length, length[0]);
        }
    }

    @Test
    void unknownNameIsRefused() {
        QuernException e = assertThrows(QuernException.class, () -> PreTokenizers.named("mystery"));
        assertTrue(e.getMessage().contains("'mystery'"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "REMOVED, false, a|b",
        "ISOLATED, false, -|a|-|-|b|-",
        "MERGED_WITH_PREVIOUS, false, -|a-|-|b-",
        "MERGED_WITH_NEXT, false, -a|-|-b|-",
        "CONTIGUOUS, false, -|a|--|b|-",
        "REMOVED, true, -|-|-|-",
        "MERGED_WITH_NEXT, true, -|a-|-|b-"
    })
    void behaviors(Behavior behavior, boolean invert, String expected) {
        assertEquals(expected, String.join("|", pieces(new RegexSplit("-", behavior, invert), "-a--b-")));
    }

    @Test
    void patternWithoutEndIsStopped() {
        RegexSplit split = new RegexSplit("a*a*a*a*a*b");
        QuernException e = assertThrows(QuernException.class, () -> pieces(split, "a".repeat(2000)));
        assertTrue(e.getMessage().contains("too many steps"), e.getMessage());
        RegexSplit deep = new RegexSplit("(a|b)+c");
        assertThrows(QuernException.class, () -> pieces(deep, "ab".repeat(1_000_000)));
        assertThrows(QuernException.class, () -> new RegexSplit("(unclosed"));
    }
}
