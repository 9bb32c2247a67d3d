package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.ChatMessage;
import io.quern.GenerationOptions;
import io.quern.ModelOptions;
import io.quern.SamplingOptions;
import io.quern.WeightStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    @TempDir
    private Path folder;

    @Test
    void printsTheAnswerAndNothingElse() {
        assertEquals(0, fixture.run("run", "model.gguf", "-p", "你好 🙂"));
        assertEquals("you said 你好 🙂\n", fixture.out());
        assertEquals("", fixture.err());
        assertEquals(Optional.of(Path.of("model.gguf")), fixture.engine.loaded);
    }

    @Test
    void tellsPeopleTheSpeed() {
        assertEquals(0, fixture.terminals("012").run("run", "-p", "x"));
        assertEquals("\033[2m3 tokens, 2.0 tokens/s (prompt: 2 tokens, 4.0 tokens/s)\033[0m\n", fixture.err());
        assertEquals(Optional.empty(), fixture.engine.loaded);
    }

    @Test
    void jsonIsOneObjectOnOneLine() {
        assertEquals(0, fixture.run("run", "-p", "say \"x\"\n", "--json"));
        assertEquals("""
                {"prompt_ids":[1,2],"ids":[3,4,5],"text":"you said say \\"x\\"\\n","finish_reason":"stop",\
                "timings":{"prompt_tokens":2,"prompt_seconds":0.5,"prompt_tokens_per_second":4.0,\
                "answer_tokens":3,"answer_seconds":1.5,"answer_tokens_per_second":2.0}}
                """, fixture.out());
    }

    @Test
    void readsStandardInputWithoutItsLastLineFeed() {
        assertEquals(0, fixture.input("two\nlines\n").run("run"));
        assertEquals(List.of(List.of(ChatMessage.user("two\nlines"))), fixture.engine.conversations);
    }

    @Test
    void rawKeepsEveryByte() {
        assertEquals(0, fixture.input(" once \n\n").run("run", "--raw"));
        assertEquals(" once \n\n\n", fixture.out());
    }

    @Test
    void readsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("prompt.txt"), "from a file\r\n");
        assertEquals(0, fixture.run("run", "-f", file.toString(), "--system", "Be brief."));
        assertEquals(List.of(List.of(ChatMessage.system("Be brief."), ChatMessage.user("from a file"))),
                fixture.engine.conversations);
    }

    @Test
    void readsAConversation() throws IOException {
        Path file = Files.writeString(folder.resolve("messages.json"), """
                [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                 {"role": "user", "content": "c"}]""");
        assertEquals(0, fixture.run("run", "--messages", file.toString()));
        assertEquals(List.of(List.of(ChatMessage.user("a"), ChatMessage.assistant("b"), ChatMessage.user("c"))),
                fixture.engine.conversations);
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
    void refusesValuesOutOfRange(String options, String message) {
        String[] words = options.split(" ");
        assertEquals(2, fixture.run("run", "-p", "x", words[0], words[1]));
        assertEquals(message + "\n", fixture.err());
        assertEquals(null, fixture.engine.loaded, "the model was loaded before the options were checked");
    }

    @Test
    void passesTheOptionsOn() {
        assertEquals(0, fixture.run("run", "m", "-p", "x", "-n", "5", "--temperature", "0", "--top-k", "3", "--top-p",
                "0.5", "--min-p", "0.1", "--seed", "-7", "--stop", "END", "--stop", "\n", "--threads", "2", "--context",
                "99", "--weights", "mapped"));
        SamplingOptions sampling = SamplingOptions.defaults().withTemperature(0).withTopK(3).withTopP(0.5f)
                .withMinP(0.1f).withSeed(-7);
        assertEquals(new GenerationOptions(5, sampling, List.of("END", "\n")), fixture.engine.generationOptions);
        assertEquals(ModelOptions.defaults().withThreads(2).withContextLength(99)
                .withWeights(WeightStorage.MAPPED), fixture.engine.modelOptions);
    }

    @Test
    void helpTellsTheLibrarysDefaults() {
        SamplingOptions defaults = SamplingOptions.defaults();
        assertEquals(0, fixture.run("run", "--help"));
        String help = fixture.out().replaceAll("\\s+", " ");
        for (Object value : List.of(defaults.temperature(), defaults.topK(), defaults.topP(), defaults.minP())) {
            assertTrue(help.contains("Default: the model's own, else " + value + "."), "Default: " + value);
        }
        assertEquals(0, fixture.run("run", "-p", "x"));
        assertEquals(GenerationOptions.defaults().withSampling(defaults), fixture.engine.generationOptions);
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
