package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeCommandTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    @Test
    void listsIdsAndPieces() {
        assertEquals(0, fixture.input("ab").run("tokenize", "m"));
        assertEquals("256\t<s>\n97\ta\n98\tb\n", fixture.out());
    }

    @Test
    void jsonIsOneObject() {
        assertEquals(0, fixture.input("a\"").run("tokenize", "m", "--json"));
        assertEquals("{\"ids\":[256,97,34],\"pieces\":[\"<s>\",\"a\",\"\\\"\"]}\n", fixture.out());
    }

    @Test
    void plainAddsNothing() {
        assertEquals(0, fixture.input("a").run("tokenize", "m", "--plain", "--json"));
        assertEquals("{\"ids\":[97],\"pieces\":[\"a\"]}\n", fixture.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"256 97 98 256\n", "[256, 97,98, 256]", "256\n97\n98\n256"})
    void decodesWithoutTheBeginning(String ids) {
        assertEquals(0, fixture.input(ids).run("tokenize", "m", "--decode"));
        assertEquals("ab<s>", fixture.out());
    }

    @Test
    void plainDecodingKeepsTheBeginning() {
        assertEquals(0, fixture.input("256 97").run("tokenize", "m", "--decode", "--plain", "--json"));
        assertEquals("{\"text\":\"<s>a\"}\n", fixture.out());
    }

    @Test
    void refusesWhatIsNoId() {
        assertEquals(2, fixture.input("1 x").run("tokenize", "m", "--decode"));
        assertEquals("quern: standard input: \"x\" is not a token id\n", fixture.err());
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        assertEquals(2, fixture.input("257").run("tokenize", "m", "--decode"));
        assertEquals("quern: standard input: token id 257 is not in 0 .. 256\n", fixture.err());
    }
}
