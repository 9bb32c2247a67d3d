package io.quern.safetensors;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A small model folder of two layers to be changed by tests, dense F32 at first. */
final class ModelFolder {
    static final List<String> MODULES = List.of(
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj",
            "mlp.up_proj", "mlp.down_proj");

    private static final String CONFIG = """
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": %d, "intermediate_size": %d,
             "num_hidden_layers": 2, "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d,
             "max_position_embeddings": 200, "rms_norm_eps": 1e-5""";

    /** Sizes of a model. */
    record Shape(int hidden, int feedForward, int heads, int kvHeads, int headSize, int vocabulary) {
        static final Shape USUAL = new Shape(64, 96, 2, 1, 32, 10);

        int rows(String module) {
            return switch (module.substring(module.indexOf('.') + 1)) {
                case "q_proj" -> heads * headSize;
                case "k_proj", "v_proj" -> kvHeads * headSize;
                case "gate_proj", "up_proj" -> feedForward;
                default -> hidden;
            };
        }

        int columns(String module) {
            return switch (module.substring(module.indexOf('.') + 1)) {
                case "o_proj" -> heads * headSize;
                case "down_proj" -> feedForward;
                default -> hidden;
            };
        }
    }

    final Path path;
    final Shape shape;
    final TensorBuilder tensors = new TensorBuilder();
    private final Random random = new Random(20261122);

    ModelFolder(Path path) {
        this(path, Shape.USUAL);
    }

    ModelFolder(Path path, Shape shape) {
        this.path = path;
        this.shape = shape;
        floats("model.embed_tokens.weight", shape.vocabulary, shape.hidden);
        floats("lm_head.weight", shape.vocabulary, shape.hidden);
        floats("model.norm.weight", shape.hidden);
        for (int i = 0; i < 2; i++) {
            String p = "model.layers." + i + ".";
            floats(p + "input_layernorm.weight", shape.hidden);
            floats(p + "post_attention_layernorm.weight", shape.hidden);
            for (String module : MODULES) {
                floats(p + module + ".weight", shape.rows(module), shape.columns(module));
            }
        }
        config("");
    }

    /** Keys after those that every model has: of repeated ones these count. */
    ModelFolder config(String more) {
        String config = CONFIG.formatted(
                shape.hidden, shape.feedForward, shape.heads, shape.kvHeads, shape.vocabulary);
        return file("config.json", config + (more.isEmpty() ? "" : ", " + more) + "}");
    }

    ModelFolder file(String name, String text) {
        try {
            Files.writeString(path.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Random numbers; of matrices such that their products are about as large as their inputs. */
    ModelFolder floats(String name, long... shape) {
        int count = 1;
        for (long extent : shape) {
            count *= (int) extent;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() / (shape.length == 1 ? 1 : Math.sqrt(shape[1])));
        }
        tensors.floats(name, Dtype.F32, values, shape);
        return this;
    }

    Checkpoint open() {
        write();
        return Checkpoints.open(path);
    }

    void write() {
        tensors.write(path.resolve("model.safetensors"));
    }
}
