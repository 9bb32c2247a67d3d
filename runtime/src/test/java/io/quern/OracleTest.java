package io.quern;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every oracle checkpoint reproduces its expected logits and greedy tokens with f32 activations. */
class OracleTest {
    /** formats.md F: a correct f32 engine is within 2e-4 of the expected logits. */
    private static final float LOGIT_TOLERANCE = 2e-4f;

    static final ModelOptions EXACT = ModelOptions.defaults().withActivations(ActivationPrecision.F32);

    @TestFactory
    Stream<DynamicTest> oracles() throws IOException {
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Shared.path("oracle"))) {
            entries.filter(folder -> Files.exists(folder.resolve("expected.safetensors"))).sorted()
                    .forEach(folders::add);
        }
        assertEquals(31, folders.size(), "oracle folders");
        return folders.stream()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(),
                        () -> check(folder, modelPath(folder), EXACT)));
    }

    /** The same, multiplied from the mapped words of GPTQ and AWQ. */
    @TestFactory
    Stream<DynamicTest> mappedOracles() throws IOException {
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Shared.path("oracle"))) {
            entries.filter(folder -> folder.getFileName().toString().matches("(awq4|gptq4|gptq8|autoround)_.*"))
                    .sorted()
                    .forEach(folders::add);
        }
        assertEquals(11, folders.size(), "oracle folders with kernels for mapped words");
        return folders.stream().map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(),
                () -> check(folder, folder, EXACT.withWeights(WeightStorage.MAPPED))));
    }

    @Test
    void mappedIsRefusedWhereNothingCanBe() {
        for (String name : List.of(
                "gptq3_g32_asym_v1", "ct_pack4_g32_sym", "dense_f16_sharded", "gguf_q4_0_tied/gguf_q4_0_tied.gguf")) {
            Path path = Shared.path("oracle/" + name);
            QuernException e = assertThrows(QuernException.class,
                    () -> Model.load(path, ModelOptions.defaults().withWeights(WeightStorage.MAPPED)).close());
            assertTrue(e.getMessage().startsWith(path + ": no layer's weights can be multiplied as they are mapped"),
                    e.getMessage());
        }
    }

    /** Whether a model, the oracle's own or one that should be the same, computes what the oracle expects. */
    static void check(Path folder, Path path, ModelOptions options) throws IOException {
        Map<?, ?> expected =
                (Map<?, ?>) Json.parse(Files.readAllBytes(folder.resolve("expected.json")), "expected.json");
        int[] prompt = ints(expected.get("prompt"));
        try (Model model = Model.load(path, options)) {
            boolean mapped = model.describe().layouts().keySet().stream().anyMatch(layout -> layout.contains("mapped"));
            assertEquals(options.weights() == WeightStorage.MAPPED, mapped, model.describe().layouts().toString());
            float[][] wanted = ExpectedLogits.read(folder.resolve("expected.safetensors"));
            try (Session session = model.newSession()) {
                assertClose(wanted, session.acceptAll(prompt), "all at once");
            }
            try (Session session = model.newSession()) {
                float[][] stepwise = new float[prompt.length][];
                for (int i = 0; i < prompt.length; i++) {
                    stepwise[i] = session.accept(prompt[i]);
                }
                assertClose(wanted, stepwise, "one by one");
                assertArrayEquals(ints(expected.get("greedy_next_8")), greedy(session, stepwise[prompt.length - 1], 8));
            }
        }
    }

    private static Path modelPath(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".gguf")).sorted().findFirst().orElse(folder);
        }
    }

    private static int[] greedy(Session session, float[] logits, int count) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = argmax(logits);
            logits = session.accept(ids[i]);
        }
        return ids;
    }

    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static void assertClose(float[][] wanted, float[][] found, String how) {
        for (int t = 0; t < wanted.length; t++) {
            for (int i = 0; i < wanted[t].length; i++) {
                float difference = Math.abs(wanted[t][i] - found[t][i]);
                assertTrue(difference <= LOGIT_TOLERANCE,
                        how + ": position " + t + " logit " + i + ": expected " + wanted[t][i] + ", found "
                                + found[t][i]);
            }
        }
    }

    static int[] ints(Object list) {
        return ((List<?>) list).stream().mapToInt(value -> ((Number) value).intValue()).toArray();
    }
}
