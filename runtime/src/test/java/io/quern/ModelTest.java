package io.quern;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The public API, on the pocket guide that comes with the library. */
class ModelTest {
    private static final GenerationOptions GREEDY = GenerationOptions.defaults().withSampling(SamplingOptions.greedy());
    private static final String QUESTION = "what is awq";
    private static final String ANSWER = "AWQ stands for activation-aware weight quantisation.";

    private static Model model;

    @BeforeAll
    static void load() {
        List<Double> progress = new ArrayList<>();
        model = Model.loadPocketGuide(ModelOptions.defaults().withProgress(progress::add));
        assertEquals(1.0, progress.getLast(), 1e-9, "progress ends at 1");
        assertEquals(progress.stream().sorted().toList(), progress);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void chatStreamsAndRemembers() {
        try (Chat chat = model.chat(ChatOptions.defaults().withGeneration(GREEDY))) {
            StringBuilder text = new StringBuilder();
            int pieces = 0;
            for (String piece : chat.stream(QUESTION)) {
                text.append(piece);
                pieces++;
            }
            assertTrue(text.toString().startsWith(ANSWER), text::toString);
            assertTrue(pieces > 10, "streams in pieces");
            assertEquals(List.of(ChatMessage.user(QUESTION), ChatMessage.assistant(text.toString())), chat.messages());
            assertTrue(!chat.reply("thanks").isEmpty());
            assertEquals(4, chat.messages().size());
            chat.reset("");
            assertEquals(text.toString(), chat.reply(QUESTION), "the same answer after a reset");
        }
    }

    @Test
    void secondTurnComputesOnlyWhatIsNew() {
        try (Chat chat = model.chat(ChatOptions.defaults().withGeneration(GREEDY))) {
            chat.reply(QUESTION);
            GenerationResult second = chat.stream("and gptq").result();
            assertTrue(second.newPromptTokens() < 20 && second.promptTokens() > 50,
                    second.newPromptTokens() + " of " + second.promptTokens() + " prompt tokens are new");
        }
    }

    @Test
    void keptCacheGivesTheSameAnswerAsAFreshSession() {
        int[] first = prompt(QUESTION);
        int[] second = prompt("what is gptq");
        int[] fresh;
        try (Session session = model.newSession()) {
            fresh = session.generate(second, GREEDY).result().ids();
        }
        try (Session session = model.newSession()) {
            session.generate(first, GREEDY).result();
            assertArrayEquals(fresh, session.generate(second, GREEDY).result().ids());
        }
    }

    @Test
    void batchesOfAnySizeGiveTheSameLogits() {
        ModelOptions exact = ModelOptions.defaults().withActivations(ActivationPrecision.F32);
        try (Model exactModel = Model.loadPocketGuide(exact)) {
            compareBatches(exactModel);
        }
    }

    private static void compareBatches(Model model) {
        int[] ids = model.tokenizer()
                .encode("the old mill stands at the river and the miller grinds the grain of the village", false, true);
        try (Session whole = model.newSession(); Session parts = model.newSession()) {
            float[] expected = whole.accept(ids);
            float[] found = null;
            for (int from = 0, size = 1; from < ids.length; from += size, size++) {
                size = Math.min(size, ids.length - from);
                found = parts.accept(java.util.Arrays.copyOfRange(ids, from, from + size));
            }
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], 1e-3f, "logit " + i);
            }
        }
    }

    @Test
    void cancelEndsTheAnswer() {
        try (Session session = model.newSession()) {
            Generation generation = session.generate(prompt(QUESTION), GREEDY);
            generation.next();
            generation.cancel();
            GenerationResult result = generation.result();
            assertEquals(FinishReason.CANCELLED, result.finishReason());
            assertTrue(result.ids().length < 5, result.ids().length + " tokens");
        }
    }

    @Test
    void lengthAndStopStringsEndTheAnswer() {
        try (Session session = model.newSession()) {
            GenerationResult three = session.generate(prompt(QUESTION), GREEDY.withMaxTokens(3)).result();
            assertEquals(FinishReason.LENGTH, three.finishReason());
            assertEquals(3, three.ids().length);
            GenerationResult stopped =
                    session.generate(prompt(QUESTION), GREEDY.withStopStrings(List.of("activation-aware"))).result();
            assertEquals(FinishReason.STOP, stopped.finishReason());
            assertEquals("AWQ stands for ", stopped.text());
        }
    }

    @Test
    void seedsRepeat() {
        SamplingOptions warm = SamplingOptions.defaults().withTemperature(2).withTopK(0).withTopP(1).withMinP(0);
        String first = sample(warm.withSeed(7));
        assertEquals(first, sample(warm.withSeed(7)));
        assertNotEquals(first, sample(warm.withSeed(8)));
    }

    private static String sample(SamplingOptions sampling) {
        try (Session session = model.newSession()) {
            return session.generate(prompt(QUESTION), GREEDY.withSampling(sampling).withMaxTokens(40)).result().text();
        }
    }

    @Test
    void theMakersSamplingIsTheDefault() {
        SamplingOptions expected = SamplingOptions.defaults().withTemperature(0.3f).withTopP(0.9f);
        assertEquals(expected, model.samplingDefaults(), "general.sampling of the GGUF file");
        try (Model folder = Model.load(Shared.path("models/pocket-guide/guide-gptq4-g128"))) {
            assertEquals(expected, folder.samplingDefaults(), "generation_config.json");
        }
    }

    @Test
    void sessionsInParallelGiveTheSameAnswers() throws Exception {
        int[] prompt = prompt(QUESTION);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(threads.submit(() -> {
                    try (Session session = model.newSession()) {
                        return session.generate(prompt, GREEDY).result().text();
                    }
                }));
            }
            for (Future<String> answer : answers) {
                assertTrue(answer.get().startsWith(ANSWER));
            }
        }
    }

    @Test
    void badInputIsRefusedAndChangesNothing() {
        try (Session session = model.newSession()) {
            session.accept(1, 2, 3);
            QuernException id = assertThrows(QuernException.class, () -> session.accept(5, 3072));
            assertTrue(id.getMessage().contains("3072"), id.getMessage());
            assertThrows(QuernException.class, () -> session.accept(-1));
            assertThrows(QuernException.class, session::accept);
            assertThrows(QuernException.class, () -> session.accept(new int[model.contextLength()]));
            assertEquals(3, session.position());
        }
        assertThrows(QuernException.class, () -> Model.load(Path.of("no-such-file.gguf")));
        assertThrows(QuernException.class,
                () -> Model.loadPocketGuide(ModelOptions.defaults().withContextLength(1 << 24)));
    }

    @Test
    void fullContextEndsTheAnswer() {
        try (Model small = Model.loadPocketGuide(ModelOptions.defaults().withContextLength(20));
                Session session = small.newSession()) {
            GenerationResult result = session.generate(prompt(QUESTION), GREEDY).result();
            assertEquals(FinishReason.LENGTH, result.finishReason());
            assertEquals(20, session.position());
        }
    }

    /** Until the compiler has all kernels, they box vectors; on a busy machine that takes hundreds of tokens. */
    @Test
    void decodingAllocatesLessThanOneKilobyteAToken() {
        long each = Long.MAX_VALUE;
        for (int i = 0; i < 50 && each >= 1024; i++) {
            each = allocatedByToken(100);
        }
        assertTrue(each < 1024, each + " bytes a token");
    }

    private static long allocatedByToken(int tokens) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        float[] logits = new float[model.vocabularySize()];
        int[] id = {17};
        try (Session session = model.newSession()) {
            session.accept(id, logits);
            long before = threads.getTotalThreadAllocatedBytes();
            for (int i = 0; i < tokens; i++) {
                session.accept(id, logits);
            }
            return (threads.getTotalThreadAllocatedBytes() - before) / tokens;
        }
    }

    @Test
    void closedModelSaysSo() {
        Model closed = Model.loadPocketGuide(ModelOptions.defaults());
        Session session = closed.newSession();
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, closed::newSession);
        assertThrows(IllegalStateException.class, () -> session.accept(1));
    }

    private static int[] prompt(String question) {
        return model.chatPrompt(List.of(ChatMessage.user(question)));
    }
}
