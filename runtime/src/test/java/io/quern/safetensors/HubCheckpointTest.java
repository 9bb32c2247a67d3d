package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.FileFuzz;
import io.quern.QuernException;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.NormRole;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folders as hubs have them. Longer than most files here: its cases share the small checkpoint that each of them spoils
 * or respells.
 */
class HubCheckpointTest {
    @TempDir
    Path path;

    private ModelFolder folder;

    @BeforeEach
    void makeFolder() {
        folder = new ModelFolder(path);
    }

    private void assertRefused(String reason) {
        QuernException e = assertThrows(QuernException.class, () -> folder.open().close());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
    }

    @Test
    void denseLlama() {
        try (Checkpoint checkpoint = folder.open()) {
            assertEquals("safetensors, F32", checkpoint.format());
            assertEquals("llama", checkpoint.config().architecture());
            assertEquals(32, checkpoint.config().headSize());
            assertEquals(10000, checkpoint.config().rope().theta());
            assertFalse(checkpoint.config().rope().interleaved());
            assertArrayEquals(new int[2], checkpoint.config().slidingWindow());
            assertTrue(checkpoint.output().isPresent());
            assertNull(checkpoint.bias(0, LinearRole.QUERY));
            assertNull(checkpoint.norm(0, NormRole.QUERY));
            assertEquals(21, checkpoint.tensors().size());
            assertEquals(10, checkpoint.tokenEmbedding().rows());
            assertEquals(Set.of(), checkpoint.stopIds());
            assertEquals(path.resolve("model.safetensors").toFile().length(), checkpoint.fileBytes());
            assertNotNull(checkpoint.tokenizer());
        }
    }

    @Test
    void tiedEmbeddingsWithAndWithoutASpareHead() {
        folder.config("\"tie_word_embeddings\": true");
        folder.open().close();
        folder.tensors.remove("lm_head.weight");
        try (Checkpoint checkpoint = folder.open()) {
            assertTrue(checkpoint.output().isEmpty());
        }
        folder.config("\"tie_word_embeddings\": false");
        assertRefused("tensor 'lm_head.weight' is missing");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shardedTiedOrNot(boolean tied) {
        String index = "{\"weight_map\": {\"model.layers.0.mlp.up_proj.qweight\": \"model-00001-of-00002.safetensors\","
                + " \"model.layers.1.mlp.up_proj.qweight\": \"model-00002-of-00002.safetensors\"}}";
        folder.file("model.safetensors.index.json", index);
        RandomModule first = new RandomModule(96, 64, 4, 32, 1);
        RandomModule second = new RandomModule(96, 64, 4, 32, 2);
        addModule("model.layers.0.mlp.up_proj", first, Dtype.F16);
        folder.tensors.remove("model.layers.1.mlp.up_proj.weight");
        if (tied) {
            folder.tensors.remove("lm_head.weight");
        }
        folder.tensors.write(path.resolve("model-00001-of-00002.safetensors"));
        new TensorBuilder()
                .module("model.layers.1.mlp.up_proj", AwqWeightsTest.gemm(second))
                .write(path.resolve("model-00002-of-00002.safetensors"));
        folder.config("\"tie_word_embeddings\": " + tied + ", \"quantization_config\": {\"quant_method\": \"gptq\","
                + " \"checkpoint_format\": \"gptq_v2\", \"bits\": 4, \"group_size\": 32}");
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            assertEquals(tied, checkpoint.output().isEmpty());
            first.assertEqual((GroupWeights) checkpoint.linear(0, LinearRole.FFN_UP));
            second.assertEqual((GroupWeights) checkpoint.linear(1, LinearRole.FFN_UP));
        }
    }

    private void addModule(String name, RandomModule module, Dtype scales) {
        folder.tensors.remove(name + ".weight");
        folder.tensors
                .ints(name + ".qweight", RandomModule.packTransposed(module.codes, module.bits),
                        module.columns * module.bits / 32, module.rows)
                .ints(name + ".qzeros", RandomModule.packRows(module.zeros, module.bits), module.groups,
                        module.rows * module.bits / 32)
                .floats(name + ".scales", scales, module.scales, module.groups, module.rows);
    }

    @Test
    void modulesAreQuantisedIfTheirTensorsSaySo() {
        RandomModule eight = new RandomModule(64, 64, 8, 32, 1);
        RandomModule four = new RandomModule(96, 64, 4, 64, 2);
        addModule("model.layers.0.self_attn.q_proj", eight, Dtype.F16);
        addModule("model.layers.1.mlp.up_proj", four, Dtype.F16);
        folder.floats("model.layers.0.self_attn.q_proj.bias", 64);
        folder.config("""
                "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 32,
                "checkpoint_format": "GPTQ_v2",
                "dynamic": {"+:.*\\\\.up_proj": {"bits": 4, "group_size": 64}, "-:.*down_proj": {},
                ".*0.*q_proj": {"bits": 8}}}""");
        try (Checkpoint checkpoint = folder.open()) {
            eight.assertEqual((GroupWeights) checkpoint.linear(0, LinearRole.QUERY));
            four.assertEqual((GroupWeights) checkpoint.linear(1, LinearRole.FFN_UP));
            assertInstanceOf(BlockWeights.class, checkpoint.linear(0, LinearRole.FFN_UP));
            assertEquals(64, checkpoint.bias(0, LinearRole.QUERY).length);
            assertEquals("safetensors, mostly F32", checkpoint.format());
        }
    }

    @Test
    void threeBitsInPlanesAreRefusedWhereverTheyAre() {
        addModule("model.layers.0.self_attn.q_proj", new RandomModule(64, 64, 4, 32, 1), Dtype.F16);
        folder.config("\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32,"
                + " \"format\": \"gptq_p\", \"dynamic\": {\".*1.*up_proj\": {\"bits\": 3}}}");
        folder.open().close();
        addModule("model.layers.1.mlp.up_proj", new RandomModule(96, 64, 3, 32, 2), Dtype.F16);
        assertRefused("'model.layers.1.mlp.up_proj' is quantised as GPTQ in planes of bits (gptq_p) with 3 bits");
    }

    @Test
    void groupsOfModulesWithBitsOfTheirOwn() {
        RandomModule three = new RandomModule(96, 64, 3, 32, 1);
        RandomModule seven = new RandomModule(64, 96, 7, 96, 2);
        RandomModule four = new RandomModule(64, 64, 4, 64, 3);
        RandomModule eight = new RandomModule(32, 64, 8, 64, 4);
        addPacked("model.layers.0.mlp.up_proj", three);
        addPacked("model.layers.1.mlp.down_proj", seven);
        addPacked("model.layers.0.self_attn.o_proj", four);
        folder.tensors.remove("model.layers.1.self_attn.v_proj.weight")
                .module("model.layers.1.self_attn.v_proj", CompressedWeightsTest.int8(eight));
        folder.config("""
                "quantization_config": {"quant_method": "compressed-tensors", "format": "mixed-precision",
                "ignore": ["lm_head", "re:.*k_proj"], "config_groups": {
                "group_0": {"targets": ["Linear"], "format": "pack-quantized",
                  "weights": {"num_bits": 4, "type": "int", "group_size": 64, "strategy": "group"}},
                "group_1": {"targets": ["re:.*up_proj$"], "format": "pack-quantized",
                  "weights": {"num_bits": 3, "type": "int", "group_size": 32, "strategy": "group"}},
                "group_2": {"targets": ["model.layers.1.mlp.down_proj"],
                  "weights": {"num_bits": 7, "type": "int", "group_size": -1, "strategy": "channel"}},
                "group_3": {"targets": ["re:.*v_proj$"], "format": "int-quantized",
                  "weights": {"num_bits": 8, "type": "int", "group_size": null}}}}""");
        try (Checkpoint checkpoint = folder.open()) {
            three.assertEqual((GroupWeights) checkpoint.linear(0, LinearRole.FFN_UP));
            seven.assertEqual((GroupWeights) checkpoint.linear(1, LinearRole.FFN_DOWN));
            four.assertEqual((GroupWeights) checkpoint.linear(0, LinearRole.OUTPUT));
            eight.assertEqual((GroupWeights) checkpoint.linear(1, LinearRole.VALUE));
            assertInstanceOf(BlockWeights.class, checkpoint.linear(0, LinearRole.KEY));
        }
    }

    private void addPacked(String name, RandomModule module) {
        folder.tensors.remove(name + ".weight").module(name, CompressedWeightsTest.builder(module, false));
    }

    /** A square module, whose shape does not tell the layouts apart, and a narrow one. */
    @ParameterizedTest
    @CsvSource({
        "gemm, gemm", "GEMM, gemm", "exllamav2, gemm", "gemv, gemv", "GEMV, gemv", "llm-awq, gemv", "gemv_fast, fast",
        "GEMVFast, fast", "gemv-fast, fast", "llm_awq, fast", "gemm, fast"
    })
    void layoutsOfAwq(String version, String stored) {
        RandomModule square = new RandomModule(64, 64, 4, 64, 1);
        RandomModule narrow = new RandomModule(32, 64, 4, 64, 2);
        String[] names = {"model.layers.0.self_attn.o_proj", "model.layers.1.self_attn.k_proj"};
        for (int i = 0; i < 2; i++) {
            RandomModule module = i == 0 ? square : narrow;
            folder.tensors.remove(names[i] + ".weight").module(names[i], switch (stored) {
                case "gemm" -> AwqWeightsTest.gemm(module);
                case "gemv" -> AwqWeightsTest.gemv(module);
                default -> AwqWeightsTest.fast(module, version.startsWith("llm") ? "scaled_zeros" : "qzeros");
            });
        }
        folder.config("\"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 64,"
                + " \"version\": \"" + version + "\"}");
        try (Checkpoint checkpoint = folder.open()) {
            GroupWeights weights = (GroupWeights) checkpoint.linear(0, LinearRole.OUTPUT);
            assertEquals(stored.equals("fast"), weights.zerosAreOffsets());
            if (!stored.equals("fast")) {
                square.assertEqual(weights);
                narrow.assertEqual((GroupWeights) checkpoint.linear(1, LinearRole.KEY));
            }
        }
    }

    @Test
    void aQuantisedHeadCountsEvenIfTied() {
        // 32 entries, as the packers want.
        folder.floats("model.embed_tokens.weight", 32, 64);
        RandomModule head = new RandomModule(32, 64, 8, 64, 3);
        addModule("lm_head", head, Dtype.F16);
        folder.config("\"vocab_size\": 32, \"tie_word_embeddings\": true, \"quantization_config\":"
                + " {\"quant_method\": \"gptq\", \"bits\": 8, \"group_size\": -1,"
                + " \"format\": \"gptq_v2\", \"lm_head\": true}");
        try (Checkpoint checkpoint = folder.open()) {
            head.assertEqual((GroupWeights) checkpoint.output().orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantize_config.json", "quant_config.json"})
    void settingsInAFileOfTheirOwn(String file) {
        RandomModule module = new RandomModule(64, 96, 4, 64, 4);
        addModule("model.layers.0.mlp.down_proj", module, Dtype.F16);
        folder.file(file, "{\"bits\": 4, \"group_size\": 64, \"checkpoint_format\": \"gptq_v2\"}");
        try (Checkpoint checkpoint = folder.open()) {
            module.assertEqual((GroupWeights) checkpoint.linear(0, LinearRole.FFN_DOWN));
            assertTrue(checkpoint.metadata().containsKey("quantization_config"));
        }
    }

    @Test
    void oldAwqSettingsDoNotNameTheMethod() {
        folder.file("quant_config.json",
                "{\"zero_point\": true, \"q_group_size\": 64, \"w_bit\": 4, \"version\": \"GEMV\"}");
        Quantization quantization = Quantization.of(HubFolder.read(path).quantization());
        assertEquals("awq", quantization.method());
        assertEquals(Quantization.Layout.AWQ_GEMV, quantization.layout());
        assertEquals(new ModuleRule(null, 4, 64), quantization.rule("any"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"quant_method\": \"bitsandbytes\" | method 'bitsandbytes' is not supported",
        "\"quant_method\": \"FP8\" | method 'fp8' is not supported",
        "\"quant_method\": \"gptq\", \"checkpoint_format\": \"marlin\" | format 'marlin' is not supported",
        "\"quant_method\": \"gptq\", \"is_marlin_format\": true | marlin",
        "\"quant_method\": \"gptq\", \"pack_dtype\": \"int16\" | 'pack_dtype' is 'int16'",
        "\"quant_method\": \"gptq\", \"format\": \"gptq_p\", \"bits\": 3 | 'gptq_p' with 3 bits",
        "\"quant_method\": \"gptq\", \"format\": \"gptq_p\", \"w_bit\": 5 | 'gptq_p' with 5 bits",
        "\"quant_method\": \"awq\", \"version\": \"Marlin\" | version 'marlin' is not supported",
        "\"quant_method\": \"auto-round\", \"packing_format\": \"auto_round:fp8_static\" | 'auto_round:fp8_static'",
        "\"quant_method\": \"compressed-tensors\", \"format\": \"nvfp4-pack-quantized\" | 'nvfp4-pack-quantized'",
        "\"quant_method\": \"compressed-tensors\", \"format\": \"float-quantized\" | 'float-quantized'",
        "\"quant_method\": \"compressed-tensors\", \"sparsity_config\": {\"format\": \"sparse-bitmask\"} | sparsity_c",
        "\"quant_method\": \"compressed-tensors\", \"transform_config\": {\"config_groups\": {\"r\": 1}} | transform_c",
        "\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"FP8\": [\"Linear\"]} | scheme 'FP8'",
        "\"quant_method\": \"gptq\", \"dynamic\": {\"(\": {}} | not a regular expression: '('"
    })
    void otherQuantisationsAreRefusedByName(String settings, String reason) {
        folder.config("\"quantization_config\": {" + settings + "}");
        assertRefused(reason);
    }

    @ParameterizedTest
    @CsvSource({
        ".B, marlin", ".q_weight, EXL2", ".codes, AQLM", ".weight.absmax, bitsandbytes", ".weight_scale_inv, FP8",
    })
    void otherTensorsAreRefusedByName(String suffix, String format) {
        folder.floats("model.layers.1.self_attn.o_proj" + suffix, 1);
        assertRefused("'model.layers.1.self_attn.o_proj' is quantised as " + format);
    }

    @Test
    void leftOverTensorsAreRefusedUnlessKnownToBeHarmless() {
        folder.floats("model.layers.0.self_attn.rotary_emb.inv_freq", 16);
        folder.open().close();
        folder.floats("model.layers.2.input_layernorm.weight", 64);
        assertRefused("tensor 'model.layers.2.input_layernorm.weight' has no place");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"model_type\": \"mixtral\" | model_type 'mixtral' is not supported",
        "\"model_type\": \"gemma2\" | model_type 'gemma2' is not supported",
        "\"architectures\": [\"LlamaForSequenceClassification\"] | not a model that generates text",
        "\"hidden_act\": \"gelu\" | 'hidden_act' is 'gelu'",
        "\"num_key_value_heads\": 3 | 2 heads are not a multiple of 3",
        "\"hidden_size\": \"64\" | key 'hidden_size' is a string, expected an integer",
        "\"hidden_size\": 1e99 | key 'hidden_size' is a number, expected an integer",
        "\"hidden_size\": 128 | 'model.embed_tokens.weight' is F32 [10, 64]",
        "\"num_attention_heads\": 65536, \"head_dim\": 16777216 | at most 16777216 in all",
        "\"num_hidden_layers\": 3 | 'model.layers.2.self_attn.q_proj.weight' is missing",
        "\"rope_scaling\": {\"type\": \"longrope\"} | rope type 'longrope' is not supported",
        "\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 0} | 'factor' is 0.0",
        "\"rope_theta\": -1 | 'rope_theta' is -1.0",
        "\"attention_bias\": true | 'model.layers.0.self_attn.q_proj.bias' is missing",
        "\"mlp_bias\": true | 'model.layers.0.mlp.gate_proj.bias' is missing",
        "\"eos_token_id\": \"x\" | "
    })
    void configurationsAreChecked(String keys, String reason) {
        folder.config(keys);
        if (reason == null) {
            folder.tensors.write(path.resolve("model.safetensors"));
            try (Checkpoint checkpoint = Checkpoints.open(path)) {
                assertThrows(QuernException.class, checkpoint::stopIds);
            }
        } else {
            assertRefused(reason);
        }
    }

    @Test
    void qwen2() {
        folder.config(
                "\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 30,"
                        + " \"max_window_layers\": 1");
        assertRefused("'model.layers.0.self_attn.q_proj.bias' is missing");
        for (int i = 0; i < 2; i++) {
            folder.floats("model.layers." + i + ".self_attn.q_proj.bias", 64);
            folder.floats("model.layers." + i + ".self_attn.k_proj.bias", 32);
            folder.floats("model.layers." + i + ".self_attn.v_proj.bias", 32);
        }
        try (Checkpoint checkpoint = folder.open()) {
            assertArrayEquals(new int[] {0, 30}, checkpoint.config().slidingWindow());
            assertNull(checkpoint.bias(0, LinearRole.OUTPUT));
            assertNotNull(checkpoint.bias(1, LinearRole.VALUE));
        }
        folder.config(
                "\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 30, \"layer_types\":"
                        + " [\"sliding_attention\", \"full_attention\"]");
        try (Checkpoint checkpoint = folder.open()) {
            assertArrayEquals(new int[] {30, 0}, checkpoint.config().slidingWindow());
        }
        folder.config("\"model_type\": \"qwen2\", \"sliding_window\": 30, \"max_window_layers\": 0");
        try (Checkpoint checkpoint = folder.open()) {
            assertArrayEquals(new int[] {0, 0}, checkpoint.config().slidingWindow());
        }
    }

    @Test
    void qwen3() {
        folder.config("\"model_type\": \"qwen3\", \"architectures\": [\"Qwen3ForCausalLM\"]");
        assertRefused("'model.layers.0.self_attn.q_proj.weight' is F32 [64, 64], expected F32, F16 or BF16 [256, 64]");
        folder.config("\"model_type\": \"qwen3\", \"head_dim\": 32");
        assertRefused("'model.layers.0.self_attn.q_norm.weight' is missing");
        for (int i = 0; i < 2; i++) {
            folder.floats("model.layers." + i + ".self_attn.q_norm.weight", 32);
            folder.floats("model.layers." + i + ".self_attn.k_norm.weight", 32);
        }
        try (Checkpoint checkpoint = folder.open()) {
            assertEquals(32, checkpoint.norm(1, NormRole.KEY).length);
        }
    }

    @ParameterizedTest
    @CsvSource({"'', 4096", "', \"sliding_window\": null', 0", "', \"sliding_window\": 77', 77"})
    void mistralHasAWindowUnlessItSaysNo(String more, int window) {
        folder.config("\"model_type\": \"mistral\"" + more);
        try (Checkpoint checkpoint = folder.open()) {
            assertArrayEquals(new int[] {window, window}, checkpoint.config().slidingWindow());
        }
    }

    @Test
    void yi() {
        folder.config("\"model_type\": \"Yi\", \"architectures\": [\"YiForCausalLM\"], \"rope_theta\": 5000000.0");
        for (int i = 0; i < 2; i++) {
            folder.tensors.remove("model.layers." + i + ".input_layernorm.weight");
            folder.tensors.remove("model.layers." + i + ".post_attention_layernorm.weight");
            folder.floats("model.layers." + i + ".ln1.weight", 64);
            folder.floats("model.layers." + i + ".ln2.weight", 64);
        }
        try (Checkpoint checkpoint = folder.open()) {
            assertEquals(5e6, checkpoint.config().rope().theta());
            assertEquals(64, checkpoint.norm(0, NormRole.FFN).length);
        }
    }

    @Test
    void stopIdsSamplingTemplateAndTokens() {
        folder.config("\"eos_token_id\": 2");
        folder.file("generation_config.json",
                "{\"eos_token_id\": [7, 2], \"top_p\": 0.9, \"temperature\": 1, \"do_sample\": false}");
        folder.file("tokenizer_config.json", """
                {"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "pad_token": null,
                 "chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]}""");
        try (Checkpoint checkpoint = folder.open()) {
            assertEquals(Set.of(2, 7), checkpoint.stopIds());
            assertEquals(Map.of("top_p", 0.9, "temperature", 0.0), checkpoint.samplingDefaults());
            assertEquals("D", checkpoint.chatTemplate().orElseThrow());
            assertEquals(Map.of("bos_token", "<s>", "eos_token", "</s>"), checkpoint.templateVariables());
        }
        folder.file("chat_template.jinja", "磨");
        try (Checkpoint checkpoint = folder.open()) {
            assertEquals("磨", checkpoint.chatTemplate().orElseThrow());
        }
    }

    @Test
    void damagedFilesAreRefusedOrRead() throws IOException {
        addModule("model.layers.0.self_attn.q_proj", new RandomModule(64, 64, 4, 32, 1), Dtype.F16);
        folder.config("\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 32},"
                + " \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 2.0, \"original_max_position_embeddings\": 50}");
        folder.open().close();
        byte[] tensors = Files.readAllBytes(path.resolve("model.safetensors"));
        int refused = FileFuzz.damage(
                tensors, 2200, path.resolve("model.safetensors"), 20261122, 500, file -> openAndRead());
        assertTrue(refused > 250, "refused only " + refused);
        Files.write(path.resolve("model.safetensors"), tensors);
        byte[] config = Files.readAllBytes(path.resolve("config.json"));
        FileFuzz.damage(config, config.length, path.resolve("config.json"), 20261122, 500, file -> openAndRead());
    }

    private void openAndRead() {
        try (Checkpoint checkpoint = Checkpoints.open(path)) {
            checkpoint.stopIds();
            checkpoint.templateVariables();
            if (checkpoint.linear(0, LinearRole.QUERY) instanceof GroupWeights weights) {
                GroupWeights.dequantizeRow(weights, weights.rows() - 1, new float[weights.columns()]);
            }
        }
    }

    @Test
    void namesInMessagesAreFiles() {
        folder.file("config.json", "{");
        assertRefused("config.json: invalid JSON");
        folder.file("config.json", "[]");
        assertRefused("config.json: expected a JSON object, found an array");
    }
}
