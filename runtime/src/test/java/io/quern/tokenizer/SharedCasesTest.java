package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.Shared;
import io.quern.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts under {@code ../shared} whose ids the reference implementations agree on. */
class SharedCasesTest {
    private static Tokenizer gguf(String file) {
        return GgufTokenizer.from(GgufHeader.read(Shared.path(file)));
    }

    private static void check(Tokenizer tokenizer, List<TokenizerCase> cases) {
        for (TokenizerCase each : cases) {
            int[] ids = tokenizer.encode(each.text(), false, each.parseSpecial());
            assertArrayEquals(each.ids(), ids, () -> "'" + each.text() + "'");
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
        Tokenizer tokenizer = gguf("models/pocket-guide/guide-" + type + ".gguf");
        check(tokenizer, pocketGuideCases());
        checkPocketGuideIds(tokenizer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "awq4-g128", "gptq4-g128", "gptq4-g64-actorder", "gptq8-g128"})
    void pocketGuideFolders(String name) {
        Path folder = Shared.path("models/pocket-guide/guide-" + name);
        Tokenizer tokenizer = HubTokenizer.load(folder, Set.of(7, 2));
        check(tokenizer, pocketGuideCases());
        checkPocketGuideIds(tokenizer);
    }

    @Test
    void pocketGuideSentencePieceModel(@TempDir Path folder) throws IOException {
        Path original = Shared.path("models/pocket-guide/guide-bf16");
        for (String name : List.of("tokenizer.model", "tokenizer_config.json")) {
            Files.copy(original.resolve(name), folder.resolve(name));
        }
        Tokenizer tokenizer = HubTokenizer.load(folder, Set.of());
        check(tokenizer, pocketGuideCases());
        checkPocketGuideIds(tokenizer);
    }

    private static void checkPocketGuideIds(Tokenizer tokenizer) {
        assertEquals(3072, tokenizer.vocabularySize());
        assertEquals(OptionalInt.of(1), tokenizer.bos());
        assertEquals(OptionalInt.of(7), tokenizer.eos());
        assertTrue(tokenizer.isEndOfGeneration(7));
        assertTrue(tokenizer.isEndOfGeneration(2));
        assertFalse(tokenizer.isEndOfGeneration(6));
        assertArrayEquals(new int[] {7, 19}, tokenizer.encode("<|im_end|>\n"));
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
