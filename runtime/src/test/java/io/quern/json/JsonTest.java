package io.quern.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static Object parse(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), "text");
    }

    @Test
    void everyKindOfValue() {
        Map<?, ?> map = (Map<?, ?>) parse(
                " {\"z\": [1, -2.5, true, false, null, \"\\u00e9\\n磨\"], \"a\": {}, \"big\": 9223372036854775807} ");
        assertEquals(List.of("z", "a", "big"), List.copyOf(map.keySet()));
        assertEquals(Arrays.asList(1L, -2.5, true, false, null, "é\n磨"), map.get("z"));
        assertEquals(Map.of(), map.get("a"));
        assertEquals(Long.MAX_VALUE, map.get("big"));
        assertNull(parse("null"));
    }

    @Test
    void integersBeyondLongAreDoubles() {
        assertEquals(1e30, parse("1000000000000000019884624838656"));
    }

    @Test
    void theLastOfRepeatedNamesCounts() {
        assertEquals(Map.of("a", 2L), parse("{\"a\": 1, \"a\": 2}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"a\"}", "[1,]", "{\"a\":1,}", "{} {}", "{}x", "{}\0", "'a'", "NaN", "01",
        "1 2",
        "[1] // c", "\uFEFF{}", "\"\n\"", "{a: 1}"})
    void notJson(String text) {
        QuernException e = assertThrows(QuernException.class, () -> parse(text));
        assertTrue(e.getMessage().startsWith("text: "), e.getMessage());
    }

    @Test
    void notUtf8() {
        byte[] bytes = {'"', (byte) 0xC0, (byte) 0xAF, '"'};
        assertThrows(QuernException.class, () -> Json.parse(bytes, "text"));
        byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
        assertThrows(QuernException.class, () -> Json.parse(utf16, "text"));
    }

    @Test
    void depthIsLimited() {
        parse("[".repeat(100) + "]".repeat(100));
        assertThrows(QuernException.class, () -> parse("[".repeat(200) + "]".repeat(200)));
        assertThrows(QuernException.class, () -> parse("{\"a\":".repeat(1_000_000)));
    }

    @Test
    void anObjectIsExpected() {
        QuernException e = assertThrows(
                QuernException.class, () -> Json.parseObject("[]".getBytes(StandardCharsets.UTF_8), "config.json"));
        assertEquals("config.json: expected a JSON object, found an array", e.getMessage());
    }
}
