package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.Shared;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import io.quern.cli.LinearUses.LinearUse;
import io.quern.safetensors.GptqWeights;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearUsesTest {
    @Test
    void namesTheTypesOfAFile() {
        try (Checkpoint guide = Checkpoints.openPocketGuide()) {
            List<LinearUse> uses = LinearUses.of(guide);
            assertEquals("Q4_0", uses.getFirst().description());
            assertEquals(8 * 7 + 1, uses.stream().mapToInt(use -> use.modules().size()).sum());
            assertEquals("0.query", uses.getFirst().modules().getFirst());
        }
    }

    @Test
    void namesMethodBitsGroupsOrderAndZeroPointsOfAFolder() {
        check("models/pocket-guide/guide-gptq4-g64-actorder", "GPTQ v1 4-bit, groups of 64, act-order, asymmetric");
        check("models/pocket-guide/guide-awq4-g128", "AWQ gemm 4-bit, groups of 128, asymmetric");
        check("oracle/gptq4_g32_sym_v1", "GPTQ v1 4-bit, groups of 32, symmetric");
        check("oracle/gptq8_gm1_sym_v1", "GPTQ v1 8-bit, whole rows, symmetric");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 32, 63})
    void oneZeroPointMakesAModuleAsymmetric(int exception) {
        byte[] zeros = new byte[2 * 32];
        Arrays.fill(zeros, (byte) 127);
        GptqWeights weights = GptqWeights.of(32, 64, 8, 32, null, MemorySegment.ofArray(new byte[32 * 64]),
                MemorySegment.ofArray(zeros), MemorySegment.ofArray(new byte[2 * 2 * 32]));
        assertTrue(LinearUses.symmetric(weights));
        zeros[exception] = 126;
        assertFalse(LinearUses.symmetric(weights));
    }

    private static void check(String path, String expected) {
        try (Checkpoint checkpoint = Checkpoints.open(Shared.path(path))) {
            assertEquals(expected, LinearUses.of(checkpoint).getFirst().description());
        }
    }
}
