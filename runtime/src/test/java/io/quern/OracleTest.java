package io.quern;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.TestFactory;

/** Every oracle checkpoint reproduces its expected logits and greedy tokens with f32 activations. */
class OracleTest {
    /** formats.md F: a correct f32 engine is within 2e-4 of the expected logits. */
    private static final float LOGIT_TOLERANCE = 2e-4f;

    private static final ModelOptions EXACT = ModelOptions.defaults().withActivations(ActivationPrecision.F32);

    @TestFactory
    Stream<DynamicTest> oracles() throws IOException {
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Shared.path("oracle"))) {
            entries.filter(folder -> Files.exists(folder.resolve("expected.safetensors"))).sorted().forEach(folders::add);
        }
        assertEquals(31, folders.size(), "oracle folders");
        return folders.stream().map(folder ->
                DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }

    private static void check(Path folder) throws IOException {
        Map<?, ?> expected = (Map<?, ?>) Json.parse(Files.readAllBytes(folder.resolve("expected.json")), "expected.json");
        int[] prompt = ints(expected.get("prompt"));
        try (Model model = Model.load(modelPath(folder), EXACT)) {
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
                        how + ": position " + t + " logit " + i + ": expected " + wanted[t][i] + ", found " + found[t][i]);
            }
        }
    }

    static int[] ints(Object list) {
        return ((List<?>) list).stream().mapToInt(value -> ((Number) value).intValue()).toArray();
    }
}
