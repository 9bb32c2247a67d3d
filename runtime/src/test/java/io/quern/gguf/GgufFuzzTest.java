package io.quern.gguf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.FileFuzz;
import io.quern.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFuzzTest {
    private static final long SEED = 20261122;

    @TempDir
    Path folder;

    private static byte[] array(int elementType, int count, byte[]... elements) {
        return GgufBuilder.concat(
                GgufBuilder.u32(elementType), GgufBuilder.u64(count), GgufBuilder.concat(elements));
    }

    private static GgufBuilder everyKindOfKey() {
        return new GgufBuilder()
                .key("general.architecture", "llama")
                .key("llama.block_count", 1)
                .key("llama.context_length", 64)
                .key("llama.embedding_length", 32)
                .key("llama.feed_forward_length", 32)
                .key("llama.attention.head_count", 2)
                .key("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .key("llama.rope.freq_base", 1e4f)
                .key("llama.rope.scaling.type", "linear")
                .key("tokenizer.ggml.model", "llama")
                .key("tokenizer.ggml.tokens", 9,
                        array(8, 3, GgufBuilder.string("a"), GgufBuilder.string("磨"), GgufBuilder.string("")))
                .key("tokenizer.ggml.scores", 9, array(6, 3, GgufBuilder.f32(1), GgufBuilder.f32(2), GgufBuilder.f32(
                        3)))
                .key("tokenizer.ggml.token_type", 9, array(5, 3, GgufBuilder.u64(0), GgufBuilder.u32(0)))
                .key("u64", 10, GgufBuilder.u64(5))
                .key("bools", 9, array(7, 2, new byte[] {0, 1}));
    }

    private static byte[] model() {
        Random random = new Random(SEED);
        return everyKindOfKey()
                .tensor(random, "token_embd.weight", TensorType.Q4_0, 32, 3)
                .tensor(random, "output_norm.weight", TensorType.F32, 32)
                .tensor(random, "blk.0.attn_norm.weight", TensorType.F32, 32)
                .tensor(random, "blk.0.ffn_norm.weight", TensorType.F32, 32)
                .tensor(random, "blk.0.attn_q.weight", TensorType.Q8_0, 32, 32)
                .tensor(random, "blk.0.attn_k.weight", TensorType.Q4_1, 32, 32)
                .tensor(random, "blk.0.attn_v.weight", TensorType.F16, 32, 32)
                .tensor(random, "blk.0.attn_output.weight", TensorType.BF16, 32, 32)
                .tensor(random, "blk.0.ffn_gate.weight", TensorType.Q5_0, 32, 32)
                .tensor(random, "blk.0.ffn_up.weight", TensorType.Q5_1, 32, 32)
                .tensor(random, "blk.0.ffn_down.weight", TensorType.IQ4_NL, 32, 32)
                .build();
    }

    @Test
    void damagedFilesAreRefusedOrRead() throws IOException {
        byte[] good = model();
        GgufCheckpoint.open(Files.write(folder.resolve("good.gguf"), good)).close();
        int refused = FileFuzz.damage(good, 1700, folder.resolve("damaged.gguf"), SEED, 1000, path -> {
            try (GgufCheckpoint checkpoint = GgufCheckpoint.open(path)) {
                checkpoint.templateVariables();
                checkpoint.chatTemplate();
                checkpoint.format();
            }
        });
        assertTrue(refused > 500, "refused only " + refused);
    }

    @Test
    void damagedSplitFilesAreRefusedOrRead() {
        byte[] good = new GgufBuilder()
                .key("split.no", 2, new byte[] {0, 0})
                .key("split.count", 2, new byte[] {2, 0})
                .key("split.tensors.count", 5, GgufBuilder.u32(1))
                .tensor("a", TensorType.I8, new byte[] {1}, 1)
                .build();
        new GgufBuilder()
                .key("split.no", 2, new byte[] {1, 0})
                .key("split.count", 2, new byte[] {2, 0})
                .write(folder.resolve("m-00002-of-00002.gguf"));
        FileFuzz.damage(good, good.length, folder.resolve("m-00001-of-00002.gguf"), SEED, 300, path -> {
            try (Arena arena = Arena.ofConfined()) {
                GgufFile.open(path, arena);
            }
        });
    }
}
