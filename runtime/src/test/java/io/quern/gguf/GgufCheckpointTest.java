package io.quern.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.Shared;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.NormRole;
import io.quern.checkpoint.RopeScaling;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.TensorType;
import io.quern.safetensors.ExpectedTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufCheckpointTest {
    @TempDir
    Path folder;

    private static float[] row(BlockWeights weights, int row) {
        float[] values = new float[weights.columns()];
        weights.type().dequantize(weights.data(), row * weights.rowBytes(), values, 0, values.length);
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "gguf_bf16_tied, gguf_bf16_tied.gguf, BF16, true",
        "gguf_f16_untied, gguf_f16_untied.gguf, F16, false",
        "gguf_q4_0_tied, gguf_q4_0_tied.gguf, Q4_0, true",
        "gguf_q5_1_untied_split, gguf_q5_1_untied_split-00001-of-00002.gguf, Q5_1, false",
        "gguf_q8_0_rope_freqs, gguf_q8_0_rope_freqs.gguf, Q8_0, false",
        "gguf_q8_0_untied, gguf_q8_0_untied.gguf, Q8_0, false"
    })
    void oraclesHaveTheExpectedWeights(String name, String file, TensorType type, boolean tied) {
        Path oracle = Shared.path("oracle/" + name);
        float[] expected = ExpectedTensors.floats(
                oracle.resolve("expected.safetensors"), "dequant_hf.model.layers.0.self_attn.q_proj.weight");
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(oracle.resolve(file))) {
            ModelConfig config = checkpoint.config();
            assertEquals(16, config.headSize());
            assertEquals(2, config.kvHeadCount());
            assertEquals(128, config.vocabularySize());
            assertTrue(config.rope().interleaved());
            assertEquals(tied, checkpoint.output().isEmpty());
            BlockWeights query = assertInstanceOf(BlockWeights.class, checkpoint.linear(0, LinearRole.QUERY));
            assertEquals(type, query.type());
            for (int r = 0; r < 64; r++) {
                // Row h * 16 + 2 i + p of the file is row h * 16 + 8 p + i of Hugging Face's.
                int original = r / 16 * 16 + r % 2 * 8 + r % 16 / 2;
                float[] expectedRow = Arrays.copyOfRange(expected, original * 64, original * 64 + 64);
                assertArrayEquals(expectedRow, row(query, r), "row " + r);
            }
        }
    }

    @Test
    void ropeFrequenciesAreDivisors() {
        Path file = Shared.path("oracle/gguf_q8_0_rope_freqs/gguf_q8_0_rope_freqs.gguf");
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(file)) {
            RopeScaling.Divisors divisors = assertInstanceOf(RopeScaling.Divisors.class, checkpoint.config().rope()
                    .scaling());
            assertEquals(8, divisors.divisors().length);
            assertEquals(1, divisors.divisors()[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({"q4_0", "q8_0", "q4_k_m", "q2_k", "q3_k_m", "iq4_xs"})
    void pocketGuide(String type) {
        Path file = Shared.path("models/pocket-guide/guide-" + type + ".gguf");
        try (GgufCheckpoint checkpoint = GgufCheckpoint.open(file)) {
            assertEquals(new ModelConfig.Rope(5e6, 64, true, new RopeScaling.None()), checkpoint.config().rope());
            assertEquals(8, checkpoint.config().slidingWindow().length);
            assertTrue(checkpoint.chatTemplate().orElseThrow().contains("<|im_start|>"));
            assertEquals("<|im_end|>", checkpoint.templateVariables().get("eos_token"));
            assertNull(checkpoint.bias(7, LinearRole.FFN_DOWN));
            assertNull(checkpoint.norm(7, NormRole.QUERY));
            assertEquals(256, checkpoint.norm(7, NormRole.FFN).length);
            assertEquals(74, checkpoint.tensors().size());
            assertEquals(file.toFile().length(), checkpoint.fileBytes());
        }
    }

    /** A small model of two layers: embedding 8, 2 heads of 4 with one of keys, feed-forward 12, vocabulary 5. */
    private static GgufBuilder keys(String architecture, Consumer<GgufBuilder> more) {
        GgufBuilder builder = new GgufBuilder()
                .key("general.architecture", architecture)
                .key(architecture + ".block_count", 2)
                .key(architecture + ".context_length", 100)
                .key(architecture + ".embedding_length", 8)
                .key(architecture + ".feed_forward_length", 12)
                .key(architecture + ".attention.head_count", 2)
                .key(architecture + ".attention.head_count_kv", 1)
                .key(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .key("tokenizer.ggml.model", "none");
        more.accept(builder);
        return builder;
    }

    private static GgufBuilder tensors(GgufBuilder builder, boolean fused, boolean biases) {
        Random random = new Random(1);
        builder.tensor(random, "token_embd.weight", TensorType.F32, 8, 5);
        builder.tensor(random, "output_norm.weight", TensorType.F32, 8);
        for (int i = 0; i < 2; i++) {
            String p = "blk." + i + ".";
            builder.tensor(random, p + "attn_norm.weight", TensorType.F32, 8);
            builder.tensor(random, p + "ffn_norm.weight", TensorType.F16, 8);
            builder.tensor(random, p + "attn_output.weight", TensorType.F32, 8, 8);
            builder.tensor(random, p + "ffn_gate.weight", TensorType.F32, 8, 12);
            builder.tensor(random, p + "ffn_up.weight", TensorType.F32, 8, 12);
            builder.tensor(random, p + "ffn_down.weight", TensorType.F32, 12, 8);
            if (fused) {
                builder.tensor(random, p + "attn_qkv.weight", TensorType.F32, 8, 16);
            } else {
                builder.tensor(random, p + "attn_q.weight", TensorType.F32, 8, 8);
                builder.tensor(random, p + "attn_k.weight", TensorType.F32, 8, 4);
                builder.tensor(random, p + "attn_v.weight", TensorType.F32, 8, 4);
            }
            if (biases) {
                for (String bias : fused ? new String[] {"attn_qkv"} : new String[] {"attn_q", "attn_k", "attn_v"}) {
                    int rows = fused ? 16 : bias.equals("attn_q") ? 8 : 4;
                    builder.tensor(random, p + bias + ".bias", TensorType.F32, rows);
                }
            }
        }
        return builder;
    }

    private GgufCheckpoint open(GgufBuilder builder) {
        return GgufCheckpoint.open(builder.write(folder.resolve("model.gguf")));
    }

    @Test
    void qwen2HasBiasesAndHalvesAndAWindow() {
        GgufBuilder builder = keys("qwen2", b -> b.key("qwen2.attention.sliding_window", 50).key("qwen2.rope.freq_base",
                1e6f));
        try (GgufCheckpoint checkpoint = open(tensors(builder, false, true))) {
            assertEquals(new ModelConfig.Rope(1e6, 4, false, new RopeScaling.None()), checkpoint.config().rope());
            assertArrayEquals(new int[] {50, 50}, checkpoint.config().slidingWindow());
            assertEquals(8, checkpoint.bias(1, LinearRole.QUERY).length);
            assertNull(checkpoint.bias(1, LinearRole.OUTPUT));
        }
    }

    @Test
    void llamaIgnoresTheWindow() {
        try (GgufCheckpoint checkpoint = open(tensors(keys("llama", b -> b.key("llama.attention.sliding_window", 50)),
                false, false))) {
            assertArrayEquals(new int[] {0, 0}, checkpoint.config().slidingWindow());
            assertEquals("GGUF v3, F32", checkpoint.format());
        }
    }

    @Test
    void fusedQueryKeyValueIsSplit() {
        try (GgufCheckpoint checkpoint = open(tensors(keys("qwen2", b -> {}), true, true))) {
            BlockWeights key = assertInstanceOf(BlockWeights.class, checkpoint.linear(1, LinearRole.KEY));
            BlockWeights value = assertInstanceOf(BlockWeights.class, checkpoint.linear(1, LinearRole.VALUE));
            assertEquals(4, key.rows());
            BlockWeights all = new BlockWeights(
                    TensorType.F32,
                    16,
                    8,
                    checkpoint.tensors().stream()
                            .filter(t -> t.name().equals("blk.1.attn_qkv.weight"))
                            .findFirst()
                            .orElseThrow()
                            .data());
            assertArrayEquals(row(all, 8), row(key, 0));
            assertArrayEquals(row(all, 15), row(value, 3));
            assertEquals(8, checkpoint.bias(0, LinearRole.QUERY).length);
            assertEquals(4, checkpoint.bias(0, LinearRole.VALUE).length);
        }
    }

    @Test
    void yarn() {
        GgufBuilder builder = keys("qwen2", b -> b.key("qwen2.rope.scaling.type", "yarn")
                .key("qwen2.rope.scaling.factor", 4f)
                .key("qwen2.rope.scaling.original_context_length", 25));
        try (GgufCheckpoint checkpoint = open(tensors(builder, false, false))) {
            assertEquals(
                    new RopeScaling.Yarn(4, 25, 32, 1, true, 1 + 0.1 * Math.log(4)),
                    checkpoint.config().rope().scaling());
        }
    }

    @Test
    void linearScalingUnderBothNames() {
        for (String key : new String[] {"llama.rope.scaling.factor", "llama.rope.scale_linear"}) {
            try (GgufCheckpoint checkpoint = open(tensors(keys("llama", b -> b.key(key, 2.5f)), false, false))) {
                assertEquals(new RopeScaling.Linear(2.5), checkpoint.config().rope().scaling());
            }
        }
    }

    private void assertRefused(GgufBuilder builder, String reason) {
        QuernException e = assertThrows(QuernException.class, () -> open(builder).close());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertTrue(e.getMessage().contains("model.gguf"), e.getMessage());
    }

    @Test
    void headCountsByLayer() {
        byte[] equal = GgufBuilder.concat(
                GgufBuilder.u32(5), GgufBuilder.u64(2), GgufBuilder.u32(12), GgufBuilder.u32(12));
        byte[] unequal = GgufBuilder.concat(
                GgufBuilder.u32(5), GgufBuilder.u64(2), GgufBuilder.u32(12), GgufBuilder.u32(8));
        for (byte[] lengths : new byte[][] {equal, unequal}) {
            GgufBuilder builder = tensors(
                    new GgufBuilder()
                            .key("general.architecture", "llama")
                            .key("llama.block_count", 2)
                            .key("llama.context_length", 100)
                            .key("llama.embedding_length", 8)
                            .key("llama.feed_forward_length", 9, lengths)
                            .key("llama.attention.head_count", 2)
                            .key("llama.attention.head_count_kv", 1)
                            .key("llama.attention.layer_norm_rms_epsilon", 1e-5f),
                    false,
                    false);
            if (lengths == equal) {
                open(builder).close();
            } else {
                assertRefused(builder, "'llama.feed_forward_length' differs from layer to layer");
            }
        }
    }

    @Test
    void unsupportedModelsAreRefusedByName() {
        assertRefused(tensors(keys("gemma3", b -> {}), false, false), "architecture 'gemma3' is not supported");
        assertRefused(tensors(new GgufBuilder(), false, false), "'general.architecture' is missing");
        assertRefused(tensors(keys("llama", b -> b.key("llama.expert_count", 8)), false, false),
                "mixture of 8 experts");
        open(tensors(keys("llama", b -> b.key("llama.expert_count", 0)), false, false)).close();
        assertRefused(
                tensors(keys("llama", b -> b.key("llama.rope.scaling.type", "longrope")), false, false), "'longrope'");
        assertRefused(
                tensors(keys("llama", b -> b.key("llama.rope.dimension_count", 2)), false, false), "dimension_count");
        assertRefused(
                tensors(keys("llama", b -> b.key("llama.attention.value_length", 8)), false, false), "unequal sizes");
        assertRefused(
                tensors(keys("qwen2", b -> b.key("qwen2.rope.freq_base", Float.NaN)), false, false), "freq_base");
    }

    @Test
    void shapesAndTypesAreChecked() {
        assertRefused(keys("llama", b -> {}), "tensor 'token_embd.weight' is missing");
        assertRefused(tensors(keys("qwen3", b -> {}), false, false), "tensor 'blk.0.attn_q_norm.weight' is missing");
        assertRefused(
                tensors(keys("llama", b -> b.key("llama.attention.key_length", 8).key("llama.attention.value_length",
                        8)),
                        false, false),
                "tensor 'blk.0.attn_q.weight' has shape [8, 8] (rows first), expected [16, 8]");
        assertRefused(tensors(keys("llama", b -> b.key("llama.vocab_size", 6)), false, false), "has 5 rows");
        Random random = new Random(2);
        assertRefused(
                tensors(keys("llama", b -> {}), false, false)
                        .tensor(random, "blk.0.attn_q_norm.weight", TensorType.F32, 4),
                "tensor 'blk.0.attn_q_norm.weight' has no place");
        assertRefused(
                tensors(keys("llama", b -> {}), false, false).tensor(random, "output.weight", TensorType.I32, 8, 5),
                "tensor 'output.weight' has type I32");
    }

    @Test
    void sizesThatOverflowAreRefused() {
        assertRefused(
                tensors(keys("llama", b -> b.key("llama.attention.key_length", 1 << 24)
                        .key("llama.attention.value_length", 1 << 24)), false, false),
                "heads of 16777216 elements");
        assertRefused(
                tensors(new GgufBuilder().key("general.architecture", "llama").key("llama.block_count", -1), false,
                        false),
                "'llama.block_count' is 4294967295");
    }
}
