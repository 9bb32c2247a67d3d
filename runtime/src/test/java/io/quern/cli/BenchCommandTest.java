package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.WeightStorage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    private final CommandLineFixture fixture = new CommandLineFixture();

    @Test
    void weightsAreAStorageAndWithAShapeAFormat() {
        assertEquals(new BenchWeights(WeightStorage.AUTO, null), BenchWeights.parse(List.of(), false));
        assertEquals(new BenchWeights(WeightStorage.MAPPED, null), BenchWeights.parse(List.of("mapped"), false));
        assertEquals(new BenchWeights(WeightStorage.AUTO, "q4_0"), BenchWeights.parse(List.of(), true));
        assertEquals(new BenchWeights(WeightStorage.AUTO, "awq-4"), BenchWeights.parse(List.of("awq-4"), true));
        assertEquals(new BenchWeights(WeightStorage.MAPPED, "gptq-8"),
                BenchWeights.parse(List.of("mapped", "gptq-8"), true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "model.gguf --weights q4_0 | --weights: \"q4_0\" given, expected auto, packed or mapped; formats belong to",
        "model.gguf --weights packed,mapped | --weights: \"packed,mapped\" given, expected one of auto, packed and",
        "--shape yi-6b --weights q4_0,q8_0 | --weights: \"q4_0,q8_0\" given, expected one format, and auto, packed or",
        "--shape yi-6b --layers 1 --weights gguf | weights \"gguf\" are not known; expected one of q4_0, ",
        "model.gguf --layers 2 | --layers belongs to --shape, which is not given",
        "--shape yi-6b model.gguf | both a model and --shape are given, expected one of them",
        "--shape yi-7b | shape \"yi-7b\" is not known; expected one of yi-6b, ",
        "--shape smollm2-135m --layers 1 -p 9999 | -p 9999 -n 48: the model's context has 8192 tokens",
        "--shape yi-6b -p 0 -n 0 | -p and -n are both 0: nothing to measure"
    })
    void refuses(String arguments, String message) {
        assertEquals(2, fixture.run(("bench " + arguments).split(" ")));
        assertTrue(fixture.err().startsWith("quern: " + message), fixture.err());
    }

    @Test
    void helpNamesTheFormats() {
        assertEquals(0, fixture.run("bench", "--help"));
        String help = fixture.out().replaceAll("\\s+", " ");
        for (String format : List.of("awq-4", "gptq-4", "gptq-4-act-order", "gptq-8", "q4_k_m")) {
            assertTrue(help.contains(" " + format + ", "), format);
        }
    }
}
