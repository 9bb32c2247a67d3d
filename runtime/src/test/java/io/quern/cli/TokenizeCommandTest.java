package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeCommandTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    @TempDir
    private Path folder;

    /** Token 256 begins a text; visible ASCII characters are their own ids. */
    @BeforeEach
    void writeTokenizer() throws IOException {
        String vocabulary = IntStream.rangeClosed('!', '~')
                .mapToObj(c -> "\"" + (c == '"' || c == '\\' ? "\\" : "") + (char) c + "\": " + c)
                .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"model": {"type": "BPE", "vocab": {%s}, "merges": []},
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false},
                 "decoder": {"type": "ByteLevel"},
                 "added_tokens": [{"id": 256, "content": "<s>", "special": true}],
                 "post_processor": {"type": "TemplateProcessing",
                  "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
                  "special_tokens": {"<s>": {"ids": [256]}}}}""".formatted(vocabulary));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\"}");
    }

    @Test
    void listsIdsAndPieces() {
        assertEquals(0, fixture.input("ab").run("tokenize", folder.toString()));
        assertEquals("256\t<s>\n97\ta\n98\tb\n", fixture.out());
    }

    @Test
    void jsonIsOneObject() {
        assertEquals(0, fixture.input("a\"").run("tokenize", folder.toString(), "--json"));
        assertEquals("{\"ids\":[256,97,34],\"pieces\":[\"<s>\",\"a\",\"\\\"\"]}\n", fixture.out());
    }

    @Test
    void plainAddsNothing() {
        assertEquals(0, fixture.input("a").run("tokenize", folder.toString(), "--plain", "--json"));
        assertEquals("{\"ids\":[97],\"pieces\":[\"a\"]}\n", fixture.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"256 97 98 256\n", "[256, 97,98, 256]", "256\n97\n98\n256"})
    void decodesWithoutTheBeginning(String ids) {
        assertEquals(0, fixture.input(ids).run("tokenize", folder.toString(), "--decode"));
        assertEquals("ab<s>", fixture.out());
    }

    @Test
    void plainDecodingKeepsTheBeginning() {
        assertEquals(0, fixture.input("256 97").run("tokenize", folder.toString(), "--decode", "--plain", "--json"));
        assertEquals("{\"text\":\"<s>a\"}\n", fixture.out());
    }

    @Test
    void refusesWhatIsNoId() {
        assertEquals(2, fixture.input("1 x").run("tokenize", folder.toString(), "--decode"));
        assertEquals("quern: standard input: \"x\" is not a token id\n", fixture.err());
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        assertEquals(2, fixture.input("257").run("tokenize", folder.toString(), "--decode"));
        assertEquals("quern: standard input: token id 257 is not in 0 .. 256\n", fixture.err());
    }
}
