package io.quern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The templates of eleven published models against what the reference implementation renders. */
class ChatTemplateRenderingsTest {
    private static final String WITHOUT_PROMPT = "_nogen";

    @TestFactory
    List<DynamicTest> rendersAsTheReferenceDoes() throws IOException {
        Map<String, Object> fixture = fixture();
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, Object> entry : map(fixture.get("expected")).entrySet()) {
            ChatTemplate template = template(entry.getKey(), fixture);
            map(entry.getValue()).forEach((name, expected) -> tests.add(DynamicTest.dynamicTest(
                    entry.getKey() + " " + name, () -> check(template, name, map(expected), fixture))));
        }
        return tests;
    }

    @Test
    void theFixtureIsWhole() throws IOException {
        int renderings = 0;
        for (Object cases : map(fixture().get("expected")).values()) {
            renderings += map(cases).size();
        }
        assertEquals(110, renderings);
    }

    private static void check(ChatTemplate template, String name, Map<String, Object> expected,
            Map<String, Object> fixture) {
        Map<String, Object> variables = new LinkedHashMap<>(map(fixture.get("variables")));
        variables.remove("now");
        boolean prompt = !name.endsWith(WITHOUT_PROMPT);
        List<Map<String, Object>> messages = messages(prompt ? name
                : name.substring(0, name.length() - WITHOUT_PROMPT.length()), fixture);
        if (name.startsWith("tools")) {
            variables.put("tools", fixture.get("tools"));
        }
        if (expected.containsKey("text")) {
            assertEquals(expected.get("text"), template.renderMaps(messages, prompt, variables));
            return;
        }
        String error = (String) expected.get("error");
        QuernException thrown = assertThrows(QuernException.class,
                () -> template.renderMaps(messages, prompt, variables));
        String message = error.substring(error.indexOf(": ") + 2);
        assertTrue(thrown.getMessage().contains(message), thrown.getMessage() + " does not contain " + message);
    }

    private static List<Map<String, Object>> messages(String name, Map<String, Object> fixture) {
        Object messages = switch (name) {
            case "tools" -> fixture.get("tool_conversation");
            case "tools_first" -> ((List<?>) fixture.get("tool_conversation")).subList(0, 1);
            default -> map(fixture.get("conversations")).get(name);
        };
        List<Map<String, Object>> list = new ArrayList<>();
        ((List<?>) messages).forEach(message -> list.add(map(message)));
        return list;
    }

    private static ChatTemplate template(String file, Map<String, Object> fixture) throws IOException {
        LocalDateTime now = LocalDateTime.parse((String) map(fixture.get("variables")).get("now"));
        return ChatTemplate.of(Files.readString(Shared.path("templates/" + file)))
                .withClock(Clock.fixed(now.toInstant(ZoneOffset.UTC), ZoneOffset.UTC));
    }

    private static Map<String, Object> fixture() throws IOException {
        return Json.parseObject(Files.readAllBytes(Shared.path("templates/expected.json")), "expected.json");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
