package io.quern;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quern.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real models give exactly the ids of their golden files, step by step, with f32 activations. */
class GoldenTest {
    /**
     * By so much integer activations and a cache in f16 may prefer another id to the golden one. The best two ids of
     * exact arithmetic are closer than that at a few places in a thousand.
     */
    private static final float NEAR_TIE = 0.03f;

    private static final ModelOptions EXACT = ModelOptions.defaults().withActivations(ActivationPrecision.F32);

    @TestFactory
    Stream<DynamicTest> smolLm2() throws IOException {
        return cases(Shared.path("models/SmolLM2-135M-Instruct.golden.json"),
                Shared.path("models/SmolLM2-135M-Instruct.Q4_1.gguf"), 13);
    }

    /**
     * What a user gets who gives no option: integer activations, and the cache in f16. At every place of every answer
     * the golden id is the best or nearly so; an answer that runs freely may part from the golden one at a near tie.
     */
    @TestFactory
    Stream<DynamicTest> smolLm2ByDefault() throws IOException {
        return cases(Shared.path("models/SmolLM2-135M-Instruct.golden.json"),
                Shared.path("models/SmolLM2-135M-Instruct.Q4_1.gguf"), ModelOptions.defaults(), 13,
                GoldenTest::checkEachPlace);
    }

    @TestFactory
    Stream<DynamicTest> pocketGuide() throws IOException {
        Path folder = Shared.path("models/pocket-guide");
        List<Path> models;
        try (Stream<Path> entries = Files.list(folder)) {
            models = entries.filter(entry -> entry.toString().endsWith(".gguf") || Files.isDirectory(entry)).sorted()
                    .toList();
        }
        assertEquals(11, models.size(), "forms of the pocket guide");
        List<DynamicTest> tests = new ArrayList<>();
        for (Path model : models) {
            cases(folder.resolve("golden.json"), model, 12).forEach(tests::add);
        }
        return tests.stream();
    }

    /** The same ids from the mapped words of GPTQ and AWQ, with floats and by default. */
    @TestFactory
    Stream<DynamicTest> mappedPocketGuide() throws IOException {
        Path folder = Shared.path("models/pocket-guide");
        List<DynamicTest> tests = new ArrayList<>();
        List<String> names =
                List.of("guide-awq4-g128", "guide-gptq4-g128", "guide-gptq4-g64-actorder", "guide-gptq8-g128");
        for (String name : names) {
            for (ModelOptions options : List.of(EXACT, ModelOptions.defaults())) {
                cases(folder.resolve("golden.json"), folder.resolve(name), options.withWeights(WeightStorage.MAPPED),
                        12).forEach(tests::add);
            }
        }
        return tests.stream();
    }

    private static Stream<DynamicTest> cases(Path golden, Path file, int count) throws IOException {
        return cases(golden, file, EXACT, count);
    }

    private static Stream<DynamicTest> cases(Path golden, Path file, ModelOptions options, int count)
            throws IOException {
        return cases(golden, file, options, count, GoldenTest::check);
    }

    private static Stream<DynamicTest> cases(Path golden, Path file, ModelOptions options, int count,
            BiConsumer<Model, Map<?, ?>> check) throws IOException {
        Map<?, ?> root = (Map<?, ?>) Json.parse(Files.readAllBytes(golden), golden.toString());
        List<?> cases = (List<?>) root.get("cases");
        assertEquals(count, cases.size(), "golden cases");
        Model model = Model.load(file, options);
        return Stream.concat(
                cases.stream().map(each -> {
                    Map<?, ?> golden1 = (Map<?, ?>) each;
                    return DynamicTest.dynamicTest(file.getFileName() + " " + golden1.get("name"),
                            () -> check.accept(model, golden1));
                }),
                Stream.of(DynamicTest.dynamicTest(file.getFileName() + " closes", model::close)));
    }

    private static void check(Model model, Map<?, ?> golden) {
        int[] promptIds = OracleTest.ints(golden.get("prompt_ids"));
        int[] expected = OracleTest.ints(golden.get("ids"));
        assertArrayEquals(promptIds, model.tokenizer().encode((String) golden.get("prompt"), false, true),
                "prompt ids");
        if (golden.get("messages") instanceof List<?> messages) {
            assertArrayEquals(promptIds, model.chatPrompt(messages.stream().map(GoldenTest::message).toList()),
                    "chat prompt");
        }
        GenerationOptions options = GenerationOptions.defaults()
                .withMaxTokens(expected.length)
                .withSampling(SamplingOptions.greedy());
        try (Session session = model.newSession()) {
            GenerationResult result = session.generate(promptIds, options).result();
            assertArrayEquals(expected, result.ids(), () -> "generated: " + result.text());
            assertEquals(golden.get("text"), result.text());
            assertFalse(result.finishReason() == FinishReason.CANCELLED);
        }
    }

    private static void checkEachPlace(Model model, Map<?, ?> golden) {
        int[] next = OracleTest.ints(golden.get("prompt_ids"));
        float[] logits = new float[model.vocabularySize()];
        try (Session session = model.newSession()) {
            for (int id : OracleTest.ints(golden.get("ids"))) {
                session.accept(next, logits);
                float best = logits[0];
                for (float logit : logits) {
                    best = Math.max(best, logit);
                }
                assertEquals(best, logits[id], NEAR_TIE, "logit of the golden id at " + session.position());
                next = new int[] {id};
            }
        }
    }

    private static ChatMessage message(Object value) {
        Map<?, ?> map = (Map<?, ?>) value;
        return new ChatMessage((String) map.get("role"), (String) map.get("content"));
    }
}
