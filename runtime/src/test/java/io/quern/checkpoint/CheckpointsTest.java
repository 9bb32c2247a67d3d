package io.quern.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.Shared;
import io.quern.Tokenizer;
import io.quern.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @Test
    void vocabulariesWithoutWeightsAreTokenizersButNotModels() throws IOException {
        for (String name : List.of("gpt-2", "llama-spm", "qwen2")) {
            Path file = Shared.path("tokenizers/" + name + ".gguf");
            Tokenizer tokenizer = Checkpoints.tokenizer(file);
            byte[] json = Files.readAllBytes(Shared.path("tokenizers/" + name + ".json"));
            Object root = Json.parse(json, name);
            List<?> cases = (List<?>) (root instanceof Map<?, ?> map ? map.get("cases") : root);
            assertTrue(cases.size() > 10);
            for (Object each : cases) {
                Map<?, ?> one = (Map<?, ?>) each;
                int[] ids = ((List<?>) one.get("ids")).stream().mapToInt(id -> ((Number) id).intValue()).toArray();
                assertArrayEquals(ids, tokenizer.encode((String) one.get("text"), false, false));
            }
            assertThrows(QuernException.class, () -> Checkpoints.open(file));
        }
    }

    @Test
    void aFolderOfTokenizerFilesIsATokenizer(@TempDir Path folder) throws IOException {
        Path guide = Shared.path("models/pocket-guide/guide-bf16");
        Files.copy(guide.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        int[] expected = Checkpoints.tokenizer(guide).encode("what is awq", false, false);
        assertArrayEquals(expected, Checkpoints.tokenizer(folder).encode("what is awq", false, false));
    }

    @Test
    void aConfigurationBesideAGgufFileDoesNoHarm(@TempDir Path folder) throws IOException {
        Files.copy(Shared.path("oracle/gguf_q4_0_tied/gguf_q4_0_tied.gguf"), folder.resolve("a.gguf"));
        Files.copy(Shared.path("oracle/dense_bf16_tied/config.json"), folder.resolve("config.json"));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertEquals("GGUF v3, mostly Q4_0", checkpoint.format());
        }
        Files.copy(folder.resolve("a.gguf"), folder.resolve("b.gguf"));
        QuernException several = assertThrows(QuernException.class, () -> Checkpoints.open(folder));
        assertEquals(folder + ": several GGUF files, name one of them: a.gguf, b.gguf", several.getMessage());
        Files.copy(Shared.path("oracle/dense_bf16_tied/model.safetensors"), folder.resolve("model.safetensors"));
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertEquals("safetensors, BF16", checkpoint.format());
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        QuernException missing =
                assertThrows(QuernException.class, () -> Checkpoints.tokenizer(Path.of("nothing.gguf")));
        assertEquals("nothing.gguf: no such file or folder", missing.getMessage());
    }
}
