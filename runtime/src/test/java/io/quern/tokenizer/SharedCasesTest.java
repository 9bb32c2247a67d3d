package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.Shared;
import io.quern.Tokenizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts under {@code ../shared} whose ids the reference implementations agree on. */
class SharedCasesTest {
    private static Tokenizer gguf(String file) {
        return GgufTokenizer.from(GgufHeader.read(Shared.path(file)));
    }

    private static void check(Tokenizer tokenizer, List<TokenizerCase> cases) {
        for (TokenizerCase each : cases) {
            assertArrayEquals(
                    each.ids(), tokenizer.encode(each.text(), false, each.parseSpecial()), () -> "'" + each.text() + "'");
            assertEquals(each.text(), tokenizer.decode(each.ids(), true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-spm", "gpt-2", "qwen2"})
    void vocabularies(String name) {
        List<TokenizerCase> cases = TokenizerCase.read("tokenizers/" + name + ".json");
        assertEquals(47, cases.size());
        check(gguf("tokenizers/" + name + ".gguf"), cases);
    }

    @ParameterizedTest
    @ValueSource(strings = {"q8_0", "q4_0", "q4_k_m", "q2_k", "q3_k_m", "iq4_xs"})
    void pocketGuideGguf(String type) {
        check(gguf("models/pocket-guide/guide-" + type + ".gguf"), pocketGuideCases());
    }

    private static List<TokenizerCase> pocketGuideCases() {
        return TokenizerCase.read("models/pocket-guide/tokenizer-cases.json");
    }

    @Test
    void goldenPrompts() {
        Tokenizer tokenizer = gguf("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        Map<?, ?> golden = (Map<?, ?>) TokenizerCase.json("models/SmolLM2-135M-Instruct.golden.json");
        List<?> cases = (List<?>) golden.get("cases");
        assertEquals(13, cases.size());
        for (Object value : cases) {
            Map<?, ?> each = (Map<?, ?>) value;
            String prompt = (String) each.get("prompt");
            int[] promptIds = TokenizerCase.ids(each.get("prompt_ids"));
            assertArrayEquals(promptIds, tokenizer.encode(prompt), prompt);
            assertEquals(prompt, tokenizer.decode(promptIds, true));
            int[] ids = TokenizerCase.ids(each.get("ids"));
            assertEquals(each.get("text"), tokenizer.decode(ids), prompt);
            assertEquals(each.get("ended"), tokenizer.isEndOfGeneration(ids[ids.length - 1]));
        }
        assertTrue(tokenizer.isEndOfGeneration(2));
    }
}
