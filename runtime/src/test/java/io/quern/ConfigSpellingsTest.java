package io.quern;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One model, many spellings of its configuration: the oracle's logits must come out of all of them. */
class ConfigSpellingsTest {
    @TempDir
    Path path;

    /**
     * Copies an oracle with another {@code config.json}.
     *
     * @param without keys to leave out
     * @param with keys to add
     */
    private void copy(Path oracle, String without, String with) throws IOException {
        try (Stream<Path> files = Files.list(oracle)) {
            for (Path file : files.filter(file -> !file.toString().contains("quantize_config")).toList()) {
                Files.copy(file, path.resolve(file.getFileName()));
            }
        }
        String config = Files.readString(path.resolve("config.json")).strip();
        for (String key : without == null ? List.<String>of() : List.of(without.split(" "))) {
            config = config.replace("\"" + key + "\":", "\"no_" + key + "\":");
        }
        if (with != null) {
            config = config.substring(0, config.length() - 1) + ", " + with + "}";
        }
        Files.writeString(path.resolve("config.json"), config);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // Oracle | keys left out | keys added
        "dense_bf16_untied | model_type torch_dtype tie_word_embeddings hidden_act | \"dtype\": \"bfloat16\"",
        "dense_bf16_untied | architectures attention_bias mlp_bias rope_theta | \"head_dim\": null",
        "dense_bf16_untied | model_type rope_scaling | \"architectures\": [\"YiForCausalLM\"], \"head_dim\": 16",
        "dense_bf16_untied | rope_theta | \"model_type\": \"mistral\", \"sliding_window\": null",
        "dense_bf16_untied | | \"model_type\": \"mistral\", \"sliding_window\": 4096, \"hidden_act\": \"swish\"",
        "dense_bf16_untied | rope_theta | \"rope_scaling\": null, \"rope_parameters\": {\"rope_theta\": 10000}",
        "dense_bf16_untied | rope_theta | \"rope_scaling\": {}, \"rope_theta\": 5, \"rope_parameters\":"
                + " {\"rope_type\": \"default\", \"rope_theta\": 10000.0}",
        "dense_bf16_untied | | \"rope_scaling\": {\"rope_type\": \"default\"}, \"rope_parameters\": null",
        "dense_bf16_untied | | \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.0}",
        "dense_bf16_untied | | \"eos_token_id\": [2, 7], \"pad_token_id\": null, \"quantization_config\": null",
        "dense_bf16_untied | | \"architectures\": null, \"model_max_length\": 1000000000000000019884624838656",
        "dense_bf16_tied | | \"tie_word_embeddings\": true, \"partial_rotary_factor\": 1.0",
        "dense_bf16_rope_linear | rope_scaling | \"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 4,"
                + " \"rope_theta\": 10000.0}",
        "dense_bf16_rope_linear | | \"rope_scaling\": {\"rope_type\": \"linear\", \"type\": \"linear\","
                + " \"factor\": 4}",
        "dense_bf16_rope_linear | rope_scaling rope_theta | \"rope_parameters\": {\"full_attention\": {\"rope_type\":"
                + " \"linear\", \"factor\": 4.0, \"rope_theta\": 10000.0}, \"sliding_attention\": null}",
        "dense_bf16_rope_llama3 | | \"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                + " \"high_freq_factor\": 4, \"original_max_position_embeddings\": 1},"
                + " \"original_max_position_embeddings\": 64",
        "dense_bf16_rope_yarn_v5 | rope_parameters | \"rope_theta\": 10000, \"rope_scaling\": {\"type\": \"yarn\","
                + " \"factor\": 4.0, \"original_max_position_embeddings\": 64, \"beta_fast\": 32, \"beta_slow\": null}",
        "dense_bf16_rope_yarn_v5 | rope_parameters | \"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\":"
                + " \"yarn\", \"factor\": null, \"attention_factor\": null, \"original_max_position_embeddings\": 64}",
        "gptq4_g32_asym_v2 | | \"quantization_config\": {\"quant_method\": \"GPTQ\", \"format\": \"GPTQ_V2\","
                + " \"dynamic\": null, \"pack_dtype\": \"int32\", \"lm_head\": false, \"dataset\": [\"a\"]}",
        "gptq4_g32_asym_v2 | | \"quantization_config\": {\"method\": \"gptq\", \"checkpoint_format\": \"gptq_v2\","
                + " \"format\": \"gptq\", \"bits\": 4, \"group_size\": null}",
        "gptq4_g32_asym_v2 | | \"quantization_config\": {\"quant_method\": \"gptq\", \"format\": \"gptq_p\","
                + " \"w_bit\": 4, \"q_group_size\": 32}",
        "gptq4_g32_asym_actorder_v1 | | \"quantization_config\": {\"bits\": 4, \"group_size\": 32, \"desc_act\": false,"
                + " \"checkpoint_format\": null, \"is_marlin_format\": false, \"sym\": true}",
        "gptq8_gm1_sym_v1 | | \"quantization_config\": {\"quant_method\": \"gptq\", \"wbits\": 8}",
        "awq4_g32_gemm | | \"quantization_config\": {\"quant_method\": \"AWQ\", \"zero_point\": true,"
                + " \"q_group_size\": 32, \"w_bit\": 4, \"version\": \"GEMM\", \"modules_to_not_convert\": [\"x\"]}",
        "awq4_g32_gemm | | \"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4, \"version\":"
                + " \"exllama\", \"exllama_config\": {\"version\": 2}, \"do_fuse\": false, \"backend\": \"autoawq\"}",
        "awq4_g32_gemm | | \"quantization_config\": {\"quant_method\": \"awq\", \"format\": \"gemm\","
                + " \"checkpoint_format\": \"gemm\", \"desc_act\": false, \"sym\": false, \"group_size\": 32}",
        "awq4_g32_gemm | | \"quantization_config\": {\"zero_point\": true, \"w_bit\": 4, \"q_group_size\": 32}",
        "ct_pack4_g32_asym | | \"quantization_config\": {\"quant_method\": \"compressed_tensors\", \"format\":"
                + " \"mixed-precision\", \"config_groups\": {\"a\": {\"targets\": [\"re:.*\"], \"format\":"
                + " \"pack-quantized\", \"weights\": {\"num_bits\": 4, \"type\": \"INT\", \"strategy\": null}}}}",
        "ct_pack4_g32_asym | quantization_config | \"compression_config\": {\"format\": \"pack-quantized\","
                + " \"config_groups\": {\"W4A16_ASYM\": [\"Linear\"]}, \"sparsity_config\": {\"format\": \"dense\"}}",
        "ct_int8_w8a8_weightonly | | \"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"format\":"
                + " \"naive-quantized\", \"config_groups\": {\"W8A8\": [\"Linear\"]}, \"transform_config\": {}}",
        "autoround_gptq4_g32_sym | | \"quantization_config\": {\"quant_method\": \"intel/auto-round\", \"bits\": 4,"
                + " \"group_size\": 32, \"extra_config\": {\"model.layers.0\": {\"bits\": 16}}}",
        "awq4_g32_gemm | | \"quantization_config\": {\"quant_method\": \"auto-round\", \"packing_format\":"
                + " \"auto_round:auto_awq\", \"bits\": 4, \"group_size\": 32, \"sym\": false}",
        "ct_pack4_g32_asym | | \"quantization_config\": {\"quant_method\": \"auto-round\", \"packing_format\":"
                + " \"auto_round:llm_compressor\", \"bits\": 4, \"group_size\": 32}",
        "gptq4_g32_sym_v1 | | \"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4,"
                + " \"group_size\": 32}",
        "autoround_v2_4_g32_asym | | \"quantization_config\": {\"quant_method\": \"auto-round\", \"packing_format\":"
                + " \"auto_round:gptqmodel\", \"bits\": 4, \"group_size\": 32, \"sym\": false}",
    })
    void inConfigJson(String oracle, String without, String with) throws IOException {
        Path original = Shared.path("oracle/" + oracle);
        copy(original, without, with);
        OracleTest.check(original, path, OracleTest.EXACT.withThreads(2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "gptq4_g32_sym_v1 | quantize_config.json | \"bits\": 4, \"group_size\": 32, \"desc_act\": false",
        "gptq4_g32_asym_v2 | quantize_config.json | \"method\": \"gptq\", \"format\": \"gptq_v2\", \"bits\": 4",
        "gptq3_g32_asym_v1 | quant_config.json | \"wbits\": 3, \"group_size\": 32, \"checkpoint_format\": \"gptq\"",
        "awq4_g32_gemm | quant_config.json | \"zero_point\": true, \"q_group_size\": 32, \"w_bit\": 4,"
                + " \"version\": \"GEMM\"",
        "awq4_g32_gemm | quantize_config.json | \"quant_method\": \"awq\", \"bits\": 4, \"group_size\": 32",
        "autoround_v2_4_g32_asym | quantize_config.json | \"quant_method\": \"auto-round\", \"packing_format\":"
                + " \"auto_round\", \"bits\": 4, \"group_size\": 32"
    })
    void inAFileOfItsOwn(String oracle, String file, String settings) throws IOException {
        Path original = Shared.path("oracle/" + oracle);
        copy(original, "quantization_config", "\"quantization_config\": {}");
        Files.writeString(path.resolve(file), "{" + settings + "}");
        OracleTest.check(original, path, OracleTest.EXACT.withThreads(2));
    }
}
