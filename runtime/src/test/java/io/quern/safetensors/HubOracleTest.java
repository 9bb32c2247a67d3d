package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.Shared;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.RopeScaling;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import io.quern.kernels.LinearWeights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every folder of the oracle: its weights, to the last bit. */
class HubOracleTest {
    private static float[] row(LinearWeights weights, int row) {
        float[] values = new float[weights.columns()];
        switch (weights) {
            case BlockWeights blocks -> blocks.type()
                    .dequantize(blocks.data(), row * blocks.rowBytes(), values, 0, values.length);
            case GroupWeights groups -> GroupWeights.dequantizeRow(groups, row, values);
        }
        return values;
    }

    private static void assertRows(String module, Path oracle, LinearWeights weights) {
        float[] expected = ExpectedTensors.floats(
                oracle.resolve("expected.safetensors"), "dequant.model.layers." + module + ".weight");
        assertEquals(expected.length, weights.rows() * weights.columns());
        for (int n = 0; n < weights.rows(); n++) {
            int from = n * weights.columns();
            assertArrayEquals(
                    Arrays.copyOfRange(expected, from, from + weights.columns()), row(weights, n),
                    module + " row " + n);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dense_bf16_untied, 'safetensors, BF16'",
        "dense_bf16_tied, 'safetensors, BF16'",
        "dense_f16_sharded, 'safetensors, F16'",
        "dense_f32_tied_1layer, 'safetensors, F32'",
        "dense_bf16_rope_llama3, 'safetensors, BF16'",
        "dense_bf16_rope_linear, 'safetensors, BF16'",
        "dense_bf16_rope_yarn_v5, 'safetensors, BF16'",
        "gptq4_g32_sym_v1, 'safetensors, GPTQ v1 4-bit, groups of 32'",
        "gptq4_g32_sym_v1_tied, 'safetensors, GPTQ v1 4-bit, groups of 32'",
        "gptq4_g32_asym_actorder_v1, 'safetensors, GPTQ v1 4-bit, groups of 32, act-order'",
        "gptq4_g32_asym_v1_wrap, 'safetensors, GPTQ v1 4-bit, groups of 32'",
        "gptq4_g32_asym_v2, 'safetensors, GPTQ v2 4-bit, groups of 32'",
        "gptq8_gm1_sym_v1, 'safetensors, GPTQ v1 8-bit, whole rows'",
        "gptq8_g32_asym_v1, 'safetensors, GPTQ v1 8-bit, groups of 32'",
        "gptq3_g32_asym_v1, 'safetensors, GPTQ v1 3-bit, groups of 32'",
        "gptq2_g32_sym_v1, 'safetensors, GPTQ v1 2-bit, groups of 32'",
        "awq4_g32_gemm, 'safetensors, AWQ gemm 4-bit, groups of 32'",
        "awq4_g32_gemm_tied, 'safetensors, AWQ gemm 4-bit, groups of 32'",
        "ct_pack4_g32_sym, 'safetensors, compressed-tensors 4-bit, groups of 32'",
        "ct_pack4_g32_asym, 'safetensors, compressed-tensors 4-bit, groups of 32'",
        "ct_pack4_g32_sym_actorder_tied, 'safetensors, compressed-tensors 4-bit, groups of 32, act-order'",
        "ct_pack8_channel_sym, 'safetensors, compressed-tensors 8-bit, whole rows'",
        "ct_int8_w8a8_weightonly, 'safetensors, compressed-tensors int8 8-bit, whole rows (activations stay floats)'",
        "autoround_gptq4_g32_sym, 'safetensors, GPTQ v1 4-bit, groups of 32'",
        "autoround_v2_4_g32_asym, 'safetensors, GPTQ v2 4-bit, groups of 32'"
    })
    void weightsAreExact(String name, String format) {
        Path oracle = Shared.path("oracle/" + name);
        try (Checkpoint checkpoint = Checkpoints.open(oracle)) {
            assertEquals(format, checkpoint.format());
            assertEquals(name.contains("tied") && !name.contains("untied"), checkpoint.output().isEmpty());
            assertEquals(Set.of(2, 7), checkpoint.stopIds());
            assertEquals(16, checkpoint.config().headSize());
            assertEquals(1e-5f, checkpoint.config().normEpsilon());
            assertRows("0.self_attn.q_proj", oracle, checkpoint.linear(0, LinearRole.QUERY));
            if (checkpoint.config().layerCount() > 1) {
                assertRows("1.mlp.down_proj", oracle, checkpoint.linear(1, LinearRole.FFN_DOWN));
            }
        }
    }

    @Test
    void ropeScalings() {
        assertInstanceOf(RopeScaling.Linear.class, scaling("dense_bf16_rope_linear"));
        RopeScaling.Llama3 llama3 = assertInstanceOf(RopeScaling.Llama3.class, scaling("dense_bf16_rope_llama3"));
        assertTrue(llama3.factor() > 1);
        assertEquals(
                new RopeScaling.Yarn(4, 64, 32, 1, true, 0.1 * Math.log(4) + 1), scaling("dense_bf16_rope_yarn_v5"));
        assertEquals(new RopeScaling.None(), scaling("dense_bf16_tied"));
    }

    private static RopeScaling scaling(String oracle) {
        try (Checkpoint checkpoint = Checkpoints.open(Shared.path("oracle/" + oracle))) {
            return checkpoint.config().rope().scaling();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "gptq8-g128", "gptq4-g128", "gptq4-g64-actorder", "awq4-g128"})
    void pocketGuide(String name) {
        Path folder = Shared.path("models/pocket-guide/guide-" + name);
        try (Checkpoint checkpoint = Checkpoints.open(folder)) {
            assertEquals(64, checkpoint.config().headSize());
            assertEquals(5e6, checkpoint.config().rope().theta());
            assertTrue(checkpoint.chatTemplate().orElseThrow().contains("<|im_start|>"));
            assertEquals("<|im_end|>", checkpoint.templateVariables().get("eos_token"));
            assertEquals(0.3, checkpoint.samplingDefaults().get("temperature"));
            assertTrue(checkpoint.tokenizer().isEndOfGeneration(7));
            assertNull(checkpoint.bias(0, LinearRole.QUERY));
            if (checkpoint.linear(3, LinearRole.FFN_UP) instanceof GroupWeights groups) {
                assertEquals(name.contains("actorder"), groups.groupIndex() != null);
                assertEquals(name.contains("8-") ? 8 : 4, groups.bits());
            } else {
                assertEquals("bf16", name);
            }
        }
    }
}
