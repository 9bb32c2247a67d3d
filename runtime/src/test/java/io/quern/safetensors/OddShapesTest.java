package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.ActivationPrecision;
import io.quern.Model;
import io.quern.ModelOptions;
import io.quern.Session;
import io.quern.WeightStorage;
import io.quern.checkpoint.Checkpoint;
import io.quern.safetensors.ModelFolder.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of random weights and of sizes that fill no vector, group or word, beside the naive forward pass. */
class OddShapesTest {
    /** Of the largest logit: sums of a few hundred floats. */
    private static final double TOLERANCE = 1e-5;

    /** Of the root mean square of all logits, of prompts that are read with integers. */
    private static final double QUANTIZED_TOLERANCE = 0.04;

    private static final int[] PROMPT = {1, 7, 3, 9, 0, 4, 4, 8, 2, 6, 5, 9, 1, 1, 7, 0, 2, 3, 8};

    /** Long enough to be read with integers, and of no even length. */
    private static final int[] LONG_PROMPT = new Random(20261122).ints(151, 0, 10).toArray();

    @TempDir
    Path path;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // hidden, feed-forward, heads, key and value heads, head size, vocabulary | stored as | keys
        "50, 37, 3, 1, 10, 13 | F32 | ",
        "50, 37, 3, 1, 10, 13 | F16 | \"tie_word_embeddings\": true",
        "51, 77, 5, 5, 6, 37 | BF16 | ",
        "64, 96, 7, 7, 2, 10 | F32 | \"model_type\": \"qwen3\"",
        "48, 61, 6, 2, 22, 131 | BF16 | \"model_type\": \"qwen2\"",
        "48, 61, 6, 3, 12, 17 | F32 | \"model_type\": \"mistral\", \"sliding_window\": 5",
        "48, 61, 9, 3, 18, 17 | F32 | \"attention_bias\": true, \"mlp_bias\": true",
        "96, 160, 3, 1, 32, 37 | gptq-4 64 | ",
        "96, 160, 3, 1, 32, 37 | gptq-8 64 | ",
        "96, 160, 3, 1, 32, 37 | gptq-3 64 | ",
        "96, 160, 3, 1, 32, 37 | gptq-2 128 | ",
        "160, 224, 5, 5, 32, 37 | gptq-4 128 | \"tie_word_embeddings\": true",
        "96, 160, 3, 1, 32, 10 | gptq-4-act 64 | ",
        "96, 160, 3, 1, 32, 10 | gptq-8-act 32 | ",
        "72, 120, 3, 1, 40, 10 | awq 32 | ",
        "72, 104, 9, 3, 8, 10 | awq 128 | ",
        "96, 160, 5, 1, 32, 10 | awq 96 | \"model_type\": \"qwen3\"",
        "72, 120, 3, 1, 40, 10 | gemv 64 | ",
        "128, 192, 3, 1, 64, 10 | fast 64 | ",
        "50, 37, 3, 1, 10, 13 | pack-4 32 | ",
        "50, 37, 3, 1, 10, 13 | pack-3 16 | ",
        "50, 61, 5, 1, 18, 13 | pack-5 50 | \"model_type\": \"qwen2\"",
        "50, 61, 5, 1, 18, 13 | pack-6-loose 32 | ",
        "50, 37, 3, 3, 10, 13 | pack-8 50 | ",
        "50, 37, 3, 1, 10, 13 | int8 200 | \"tie_word_embeddings\": true"
    })
    void agreesWithTheNaiveForwardPass(String sizes, String storage, String keys) {
        int[] s = Arrays.stream(sizes.split(", ")).mapToInt(Integer::parseInt).toArray();
        ModelFolder folder = new ModelFolder(path, new Shape(s[0], s[1], s[2], s[3], s[4], s[5]));
        String quantization = store(folder, storage);
        String more = "\"head_dim\": " + s[4] + quantization + (keys == null ? "" : ", " + keys);
        folder.config(more);
        addBiasesAndNorms(folder, more);
        double[][] expected;
        double[][] expectedLong;
        try (Checkpoint checkpoint = folder.open()) {
            expected = NaiveForwardPass.logits(checkpoint, PROMPT);
            expectedLong = NaiveForwardPass.logits(checkpoint, LONG_PROMPT);
        }
        ModelOptions exact = ModelOptions.defaults().withThreads(2).withActivations(ActivationPrecision.F32);
        assertClose(expected, exact);
        if (storage.matches("gptq-[48].*|awq.*")) {
            assertClose(expected, exact.withWeights(WeightStorage.MAPPED));
        }
        assertNear(expectedLong, ModelOptions.defaults().withThreads(2));
    }

    /** Stores all linear layers in a format, and gives the configuration of it. */
    private static String store(ModelFolder folder, String storage) {
        String[] words = storage.split(" ");
        Random random = new Random(storage.hashCode());
        for (int layer = 0; layer < 2; layer++) {
            for (String module : ModelFolder.MODULES) {
                String name = "model.layers." + layer + "." + module;
                int rows = folder.shape.rows(module);
                int columns = folder.shape.columns(module);
                if (words.length == 1) {
                    float[] values = new float[rows * columns];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
                    }
                    folder.tensors.floats(name + ".weight", Dtype.named(storage), values, rows, columns);
                } else {
                    folder.tensors.remove(name + ".weight");
                    folder.tensors.module(
                            name, module(words[0], rows, columns, Integer.parseInt(words[1]), random));
                }
            }
        }
        return words.length == 1 ? "" : ", \"quantization_config\": " + quantization(words[0], words[1]);
    }

    private static TensorBuilder module(String format, int rows, int columns, int groupSize, Random random) {
        String[] parts = format.split("-");
        int bits = parts.length > 1 ? Integer.parseInt(parts[1]) : format.equals("int8") ? 8 : 4;
        RandomModule module =
                new RandomModule(rows, columns, bits, Math.min(groupSize, columns), random.nextLong());
        for (int i = 0; i < module.scales.length; i++) {
            module.scales[i] *= (float) (Math.scalb(1.0, -bits - 2));
        }
        return switch (parts[0]) {
            case "gptq" -> {
                TensorBuilder builder = GptqWeightsTest.builder(module, true);
                if (format.endsWith("act")) {
                    int[] index = new int[columns];
                    for (int k = 0; k < columns; k++) {
                        index[k] = k * 37 % columns / groupSize;
                    }
                    builder.ints("m.g_idx", index, columns);
                }
                yield builder;
            }
            case "awq" -> AwqWeightsTest.gemm(module);
            case "gemv" -> AwqWeightsTest.gemv(module);
            case "fast" -> AwqWeightsTest.fast(module, "qzeros");
            case "pack" -> CompressedWeightsTest.builder(module, format.endsWith("loose"));
            default -> CompressedWeightsTest.int8(module);
        };
    }

    private static String quantization(String format, String groupSize) {
        String[] parts = format.split("-");
        return switch (parts[0]) {
            case "gptq" -> "{\"quant_method\": \"gptq\", \"bits\": " + parts[1] + ", \"group_size\": " + groupSize
                    + "}";
            case "awq" -> "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": " + groupSize + "}";
            case "gemv" -> "{\"quant_method\": \"awq\", \"w_bit\": 4, \"q_group_size\": " + groupSize
                    + ", \"version\": \"GEMV\"}";
            case "fast" -> "{\"quant_method\": \"awq\", \"bits\": 4, \"group_size\": " + groupSize
                    + ", \"version\": \"gemv_fast\"}";
            case "pack" -> "{\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\","
                    + " \"config_groups\": {\"group_0\": {\"targets\": [\"Linear\"], \"weights\": {\"num_bits\": "
                    + parts[1] + ", \"group_size\": " + groupSize + "}}}}";
            default -> "{\"quant_method\": \"compressed-tensors\", \"format\": \"int-quantized\"}";
        };
    }

    private static void addBiasesAndNorms(ModelFolder folder, String keys) {
        for (int layer = 0; layer < 2; layer++) {
            for (String module : ModelFolder.MODULES) {
                String name = "model.layers." + layer + "." + module;
                boolean biased = module.startsWith("mlp")
                        ? keys.contains("mlp_bias")
                        : keys.contains("attention_bias") || keys.contains("qwen2") && !module.endsWith("o_proj");
                if (biased) {
                    folder.floats(name + ".bias", folder.shape.rows(module));
                }
            }
            if (keys.contains("qwen3")) {
                folder.floats("model.layers." + layer + ".self_attn.q_norm.weight", folder.shape.headSize());
                folder.floats("model.layers." + layer + ".self_attn.k_norm.weight", folder.shape.headSize());
            }
        }
    }

    private void assertClose(double[][] expected, ModelOptions options) {
        double largest = 0;
        for (double[] logits : expected) {
            for (double logit : logits) {
                largest = Math.max(largest, Math.abs(logit));
            }
        }
        try (Model model = Model.load(path, options)) {
            boolean mapped = model.describe().layouts().keySet().stream().anyMatch(layout -> layout.contains("mapped"));
            assertEquals(options.weights() == WeightStorage.MAPPED, mapped);
            try (Session whole = model.newSession(); Session steps = model.newSession()) {
                float[][] batch = whole.acceptAll(PROMPT);
                for (int t = 0; t < PROMPT.length; t++) {
                    float[] step = steps.accept(PROMPT[t]);
                    assertEquals(expected[t].length, step.length);
                    for (int i = 0; i < step.length; i++) {
                        assertEquals(expected[t][i], batch[t][i], TOLERANCE * largest, "at once " + t + " " + i);
                        assertEquals(expected[t][i], step[i], TOLERANCE * largest, "one by one " + t + " " + i);
                    }
                }
            }
        }
    }

    private void assertNear(double[][] expected, ModelOptions options) {
        double squares = 0;
        double errors = 0;
        try (Model model = Model.load(path, options); Session session = model.newSession()) {
            float[][] found = session.acceptAll(LONG_PROMPT);
            for (int t = 0; t < LONG_PROMPT.length; t++) {
                for (int i = 0; i < found[t].length; i++) {
                    squares += expected[t][i] * expected[t][i];
                    errors += Math.pow(found[t][i] - expected[t][i], 2);
                }
            }
        }
        assertTrue(Math.sqrt(errors / squares) < QUANTIZED_TOLERANCE, "error " + Math.sqrt(errors / squares));
    }
}
