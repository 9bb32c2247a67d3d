package io.quern.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quern.QuernException;
import io.quern.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Some seven hundred small templates, each with what Jinja2 itself rendered, or the kind of error it gave. */
class LanguageTest {
    private static final LocalDateTime NOW = LocalDateTime.parse("2026-07-04T12:00:00");

    @TestFactory
    Stream<DynamicTest> doesWhatJinjaDoes() throws IOException {
        Map<String, Object> fixture;
        try (InputStream in = LanguageTest.class.getResourceAsStream("jinja-cases.json")) {
            fixture = Json.parseObject(in.readAllBytes(), "jinja-cases.json");
        }
        Map<?, ?> variables = (Map<?, ?>) fixture.get("variables");
        return ((List<?>) fixture.get("cases")).stream().map(each -> {
            Map<?, ?> test = (Map<?, ?>) each;
            String source = (String) test.get("source");
            return DynamicTest.dynamicTest(source, () -> check(source, (String) test.get("text"), variables));
        });
    }

    @SuppressWarnings("unchecked")
    private static void check(String source, String expected, Map<?, ?> variables) {
        if (expected == null) {
            assertThrows(QuernException.class, () -> render(source, (Map<String, Object>) variables));
        } else {
            assertEquals(expected, render(source, (Map<String, Object>) variables));
        }
    }

    private static String render(String source, Map<String, Object> variables) {
        return Template.parse(source).render(variables, () -> NOW);
    }
}
