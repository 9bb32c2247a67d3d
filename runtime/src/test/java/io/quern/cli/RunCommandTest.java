package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.ActivationPrecision;
import io.quern.ChatMessage;
import io.quern.GenerationOptions;
import io.quern.GenerationResult;
import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.SamplingOptions;
import io.quern.Session;
import io.quern.WeightStorage;
import io.quern.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Prompts and answers beside those of the library. */
class RunCommandTest {
    private static final GenerationOptions FIVE_TOKENS =
            GenerationOptions.defaults().withSampling(SamplingOptions.greedy()).withMaxTokens(5);

    private static Model model;

    private final CommandLineFixture fixture = new CommandLineFixture();

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        model = Model.loadPocketGuide(ModelOptions.defaults().withThreads(1));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private void answer(String... arguments) {
        String[] usual = {"run", "-n", "5", "--temperature", "0", "--threads", "1"};
        assertEquals(0, fixture.run(Stream.of(usual, arguments).flatMap(Stream::of).toArray(String[]::new)));
    }

    /** Runs with these arguments and {@code --json}, and compares prompt and answer. */
    private void assertPrompt(int[] expected, String... arguments) {
        answer(Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
        Map<?, ?> answer = Json.parseObject(fixture.out().getBytes(StandardCharsets.UTF_8), "answer");
        assertEquals(Arrays.stream(expected).mapToObj(Long::valueOf).toList(), answer.get("prompt_ids"));
        assertEquals(expected(expected).text(), answer.get("text"));
    }

    private static GenerationResult expected(int[] promptIds) {
        try (Session session = model.newSession()) {
            return session.generate(promptIds, FIVE_TOKENS).result();
        }
    }

    private static int[] chatPrompt(ChatMessage... messages) {
        return model.chatPrompt(List.of(messages));
    }

    @Test
    void printsTheAnswerAndNothingElse() {
        answer("-p", "what is 磨 🙂");
        assertEquals(expected(chatPrompt(ChatMessage.user("what is 磨 🙂"))).text() + "\n", fixture.out());
        assertEquals("", fixture.err());
    }

    @Test
    void tellsPeopleTheSpeed() {
        fixture.terminals("012");
        answer("-p", "what is awq");
        assertTrue(fixture.err().matches("(?s).*\033\\[2m5 tokens, [^\n]* tokens/s\\), cut short\033\\[0m\n"),
                fixture.err());
        assertTrue(fixture.err().contains("loading the pocket guide: 100 %"), fixture.err());
    }

    @Test
    void jsonIsOneObjectOnOneLine() {
        assertPrompt(chatPrompt(ChatMessage.user("what is awq\n")), "-p", "what is awq\n");
        assertEquals(fixture.out().length() - 1, fixture.out().indexOf('\n'));
        assertEquals("", fixture.err());
    }

    @Test
    void readsStandardInputWithoutItsLastLineFeed() {
        fixture.input("what is\nawq\n");
        assertPrompt(chatPrompt(ChatMessage.user("what is\nawq")));
    }

    @Test
    void rawKeepsEveryByte() {
        fixture.input(" once \n\n");
        assertPrompt(model.tokenizer().encode(" once \n\n"), "--raw");
    }

    @Test
    void readsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("prompt.txt"), "from a file\r\n");
        assertPrompt(chatPrompt(ChatMessage.system("Be brief."), ChatMessage.user("from a file")),
                "-f", file.toString(), "--system", "Be brief.");
    }

    @Test
    void readsAConversation() throws IOException {
        Path file = Files.writeString(folder.resolve("messages.json"), """
                [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                 {"role": "user", "content": "c"}]""");
        assertPrompt(chatPrompt(ChatMessage.user("a"), ChatMessage.assistant("b"), ChatMessage.user("c")),
                "--messages", file.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {}                              | expected a list of messages, found an object
            []                              | the list of messages is empty
            [1]                             | message 1: expected an object, found a number
            [{"role": "user"}]              | message 1: expected a string for "content", found none
            [{"role": 1, "content": "x"}]   | message 1: expected a string for "role", found a number
            [{"role": "x", "name": "y"}]    | message 1: "name" is not supported, only role and content are
            """)
    void refusesWhatIsNoConversation(String json, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("messages.json"), json);
        assertEquals(2, fixture.run("run", "--messages", file.toString()));
        assertEquals("quern: " + file + ": " + message + "\n", fixture.err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -n 0               | quern: -n: 0 given, expected 1 or more
            --temperature -1   | quern: --temperature: -1.0 given, expected 0 or more
            --temperature NaN  | quern: --temperature: NaN given, expected 0 or more
            --top-k -1         | quern: --top-k: -1 given, expected 0 or more
            --top-p 1.5        | quern: --top-p: 1.5 given, expected 0 to 1
            --min-p -0.1       | quern: --min-p: -0.1 given, expected 0 to 1
            --threads 0        | quern: --threads: 0 given, expected 1 to 1024
            --weights both     | quern: --weights: "both" given, expected auto, packed or mapped
            --context 0        | quern: --context: 0 given, expected 1 or more
            """)
    void refusesValuesOutOfRangeBeforeTheModelIsLoaded(String options, String message) {
        String[] words = options.split(" ");
        assertEquals(2, fixture.run("run", "nothing.gguf", "-p", "x", words[0], words[1]));
        assertEquals(message + "\n", fixture.err());
    }

    @Test
    void optionsAreThoseOfTheLibrary() {
        AnswerOptions options = CommandLine.populateCommand(new AnswerOptions(), "-n", "5", "--temperature", "0",
                "--top-k", "3", "--top-p", "0.5", "--min-p", "0.1", "--seed", "-7", "--stop", "END", "--stop", "\n",
                "--threads", "2", "--context", "99", "--weights", "mapped", "--activations", "f32");
        SamplingOptions sampling = SamplingOptions.defaults().withTemperature(0).withTopK(3).withTopP(0.5f)
                .withMinP(0.1f).withSeed(-7);
        assertEquals(new GenerationOptions(5, sampling, List.of("END", "\n")),
                options.generation(SamplingOptions.defaults()));
        assertEquals(ModelOptions.defaults().withThreads(2).withContextLength(99)
                .withActivations(ActivationPrecision.F32).withWeights(WeightStorage.MAPPED), options.model());
        AnswerOptions none = CommandLine.populateCommand(new AnswerOptions());
        assertEquals(GenerationOptions.defaults().withSampling(sampling), none.generation(sampling));
        assertEquals(ModelOptions.defaults(), none.model());
    }

    @Test
    void helpTellsTheLibrarysDefaults() {
        SamplingOptions defaults = SamplingOptions.defaults();
        assertEquals(0, fixture.run("run", "--help"));
        String help = fixture.out().replaceAll("\\s+", " ");
        for (Object value : List.of(defaults.temperature(), defaults.topK(), defaults.topP(), defaults.minP())) {
            assertTrue(help.contains("Default: the model's own, else " + value + "."), "Default: " + value);
        }
    }

    @Test
    void aTerminalIsNotWaitedFor() {
        assertEquals(2, fixture.terminals("0").run("run"));
        assertTrue(fixture.err().startsWith("quern: no prompt:"), fixture.err());
    }

    @Test
    void refusesAnEmptyPrompt() {
        assertEquals(2, fixture.input("\n").run("run"));
        assertEquals("quern: the prompt is empty\n", fixture.err());
    }

    @Test
    void refusesTwoPrompts() {
        assertEquals(2, fixture.run("run", "-p", "x", "-f", "y"));
        assertTrue(fixture.err().contains("mutually exclusive"), fixture.err());
    }

    @Test
    void refusesInputThatIsNotUtf8() {
        assertEquals(2, fixture.input(new byte[] {'a', (byte) 0xC3, 'b'}).run("run"));
        assertEquals("quern: standard input: not valid UTF-8 at byte 1\n", fixture.err());
    }
}
