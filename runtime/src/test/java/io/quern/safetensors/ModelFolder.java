package io.quern.safetensors;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A small model folder to be changed by tests: two layers, embedding 64, 2 heads of 32 with one of keys, feed-forward
 * 96, vocabulary 10, dense F32.
 */
final class ModelFolder {
    static final String CONFIG = """
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "intermediate_size": 96,
             "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 10,
             "max_position_embeddings": 100, "rms_norm_eps": 1e-5 %s}""";

    final Path path;
    final TensorBuilder tensors = new TensorBuilder();
    private final Random random = new Random(20261122);

    ModelFolder(Path path) {
        this.path = path;
        floats("model.embed_tokens.weight", 10, 64);
        floats("lm_head.weight", 10, 64);
        floats("model.norm.weight", 64);
        for (int i = 0; i < 2; i++) {
            String p = "model.layers." + i + ".";
            floats(p + "input_layernorm.weight", 64);
            floats(p + "post_attention_layernorm.weight", 64);
            floats(p + "self_attn.q_proj.weight", 64, 64);
            floats(p + "self_attn.k_proj.weight", 32, 64);
            floats(p + "self_attn.v_proj.weight", 32, 64);
            floats(p + "self_attn.o_proj.weight", 64, 64);
            floats(p + "mlp.gate_proj.weight", 96, 64);
            floats(p + "mlp.up_proj.weight", 96, 64);
            floats(p + "mlp.down_proj.weight", 64, 96);
        }
        config("");
    }

    /** Keys after those of {@link #CONFIG}: of repeated ones these count. */
    ModelFolder config(String more) {
        return file("config.json", CONFIG.formatted(more.isEmpty() ? "" : ", " + more));
    }

    ModelFolder file(String name, String text) {
        try {
            Files.writeString(path.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ModelFolder floats(String name, long... shape) {
        int count = 1;
        for (long extent : shape) {
            count *= (int) extent;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        tensors.floats(name, Dtype.F32, values, shape);
        return this;
    }

    Checkpoint open() {
        tensors.write(path.resolve("model.safetensors"));
        return Checkpoints.open(path);
    }
}
