package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.Shared;
import io.quern.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectCommandTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    private Map<?, ?> json(String model, String... more) {
        List<String> arguments = new ArrayList<>(List.of("inspect", Shared.path(model).toString(), "--json"));
        arguments.addAll(List.of(more));
        assertEquals(0, fixture.run(arguments.toArray(String[]::new)));
        return Json.parseObject(fixture.out().getBytes(StandardCharsets.UTF_8), "report");
    }

    @Test
    void tellsHowAFolderIsStored() {
        Map<?, ?> report = json("models/pocket-guide/guide-gptq4-g64-actorder", "--context", "100");
        Map<?, ?> most = (Map<?, ?>) ((List<?>) report.get("linear")).getFirst();
        assertEquals("GPTQ v1 4-bit, groups of 64, act-order, asymmetric", most.get("quantisation"));
        assertEquals(56L, most.get("count"));
        Map<?, ?> memory = (Map<?, ?>) report.get("memory");
        assertEquals(100L, memory.get("context_length"));
        assertEquals(memory.get("total_bytes"), (Long) memory.get("weights_bytes") + (Long) memory.get("cache_bytes"));
        assertEquals("tokenizer.json", report.get("tokenizer"));
    }

    @ParameterizedTest
    @CsvSource({"gptq4_g32_asym_v1_wrap, true", "gptq4_g32_asym_v2, false", "gptq4_g32_sym_v1, false"})
    void warnsOfZeroPointsThatToolsReadInDifferentWays(String oracle, boolean warned) {
        assertEquals(warned, !((List<?>) json("oracle/" + oracle).get("warnings")).isEmpty());
        assertEquals(0, fixture.run("inspect", Shared.path("oracle/" + oracle).toString()));
        assertEquals(warned, fixture.out().contains("\nwarning "), fixture.out());
    }

    @Test
    void refusesWhatIsNotThere() {
        assertEquals(2, fixture.run("inspect", "nothing.gguf"));
        assertEquals("quern: nothing.gguf: no such file or folder\n", fixture.err());
        assertEquals(2, fixture.run("inspect", "nothing.gguf", "--context", "0"));
        assertTrue(fixture.err().endsWith("quern: --context: 0 given, expected 1 or more\n"), fixture.err());
        assertFalse(fixture.err().contains("internal"));
    }
}
