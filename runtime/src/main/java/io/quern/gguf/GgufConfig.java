package io.quern.gguf;

import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.ModelConfig.Rope;
import java.util.Arrays;
import java.util.List;

/**
 * The model's shape from the metadata of a GGUF file (formats.md E.4). Architectures other than Llama's kin are
 * refused.
 */
final class GgufConfig {
    /** Mistral, Yi, SmolLM and most others call themselves llama. */
    private static final List<String> ARCHITECTURES = List.of("llama", "qwen2", "qwen3");

    private static final int MAX_LAYERS = 4096;
    private static final int MAX_HEADS = 1 << 16;
    private static final int MAX_EXTENT = 1 << 24;
    private static final int MAX_CONTEXT = 1 << 30;

    private final GgufMetadata metadata;
    private final String architecture;

    private GgufConfig(GgufMetadata metadata, String architecture) {
        this.metadata = metadata;
        this.architecture = architecture;
    }

    /**
     * Reads and checks the configuration. Two tensors have a say: the token embedding, and {@code rope_freqs.weight}.
     */
    static ModelConfig read(GgufMetadata metadata, GgufTensors tensors) {
        String architecture = metadata.requireString("general.architecture");
        if (!ARCHITECTURES.contains(architecture)) {
            throw metadata.fail("architecture '" + architecture + "' is not supported; supported: "
                    + String.join(", ", ARCHITECTURES));
        }
        long[] embedding = tensors.require("token_embd.weight").shape();
        if (embedding.length != 2 || embedding[0] < 1 || embedding[0] > MAX_EXTENT) {
            throw metadata.fail("tensor 'token_embd.weight' has shape " + Arrays.toString(embedding)
                    + ", expected [vocabulary, embedding]");
        }
        float[] divisors = null;
        if (tensors.has("rope_freqs.weight")) {
            long count = tensors.require("rope_freqs.weight").elementCount();
            divisors = tensors.vector("rope_freqs.weight", (int) Math.min(count, MAX_EXTENT));
        }
        return new GgufConfig(metadata, architecture).read((int) embedding[0], divisors);
    }

    private ModelConfig read(int vocabularySize, float[] divisors) {
        refuseExperts();
        checkVocabulary(vocabularySize);
        int layers = metadata.requireInteger(key("block_count"), 1, MAX_LAYERS);
        int embedding = metadata.requireInteger(key("embedding_length"), 1, MAX_EXTENT);
        int context = metadata.requireInteger(key("context_length"), 1, MAX_CONTEXT);
        int heads = metadata.perLayer(key("attention.head_count"), layers, 0, 1, MAX_HEADS);
        if (heads == 0) {
            throw metadata.fail("key '" + key("attention.head_count") + "' is missing");
        }
        int kvHeads = metadata.perLayer(key("attention.head_count_kv"), layers, heads, 1, MAX_HEADS);
        if (heads % kvHeads != 0) {
            throw metadata.fail(heads + " heads (key '" + key("attention.head_count") + "') are not a multiple of "
                    + kvHeads + " key and value heads");
        }
        int feedForward = metadata.perLayer(key("feed_forward_length"), layers, 0, 1, MAX_EXTENT);
        if (feedForward == 0) {
            throw metadata.fail("key '" + key("feed_forward_length") + "' is missing");
        }
        float epsilon = (float) metadata.requireNumber(key("attention.layer_norm_rms_epsilon"));
        if (epsilon < 0) {
            throw metadata.fail("key '" + key("attention.layer_norm_rms_epsilon") + "' is negative: " + epsilon);
        }
        int headSize = headSize(embedding, heads);
        return new ModelConfig(architecture, vocabularySize, embedding, layers, heads, kvHeads, headSize, feedForward,
                context, epsilon, rope(headSize, context, divisors), slidingWindow(layers));
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    private void refuseExperts() {
        int experts = metadata.integer(key("expert_count"), 0, 0, Integer.MAX_VALUE);
        if (experts != 0) {
            throw metadata.fail("a mixture of " + experts + " experts (key '" + key("expert_count")
                    + "'): Mixtral and its kin are not supported");
        }
    }

    /** An id that the tokenizer gives must have a row; llama.cpp wants both sizes equal. */
    private void checkVocabulary(int rows) {
        int stated = metadata.integer(key("vocab_size"), rows, 1, MAX_EXTENT);
        int tokens = metadata.values().get("tokenizer.ggml.tokens") instanceof String[] array ? array.length : rows;
        if (stated != rows || tokens != rows) {
            throw metadata.fail("tensor 'token_embd.weight' has " + rows + " rows, key '" + key("vocab_size")
                    + "' says "
                    + stated + ", and there are " + tokens + " tokens");
        }
    }

    private int headSize(int embedding, int heads) {
        int size = metadata.integer(key("attention.key_length"), embedding / heads, 1, MAX_EXTENT);
        int valueSize = metadata.integer(key("attention.value_length"), embedding / heads, 1, MAX_EXTENT);
        if (size != valueSize) {
            throw metadata.fail("keys of " + size + " elements and values of " + valueSize
                    + " a head; unequal sizes are not supported");
        }
        if (size < 2 || size % 2 != 0 || (long) size * heads > MAX_EXTENT) {
            throw metadata.fail(heads + " heads of " + size + " elements; expected an even number of them, and at most "
                    + MAX_EXTENT + " in all");
        }
        return size;
    }

    private Rope rope(int headSize, int context, float[] divisors) {
        int dimension = metadata.integer(key("rope.dimension_count"), headSize, 1, MAX_EXTENT);
        boolean llama = architecture.equals("llama");
        if (dimension > headSize || dimension % 2 != 0 || llama && dimension != headSize) {
            throw metadata.fail("key '" + key("rope.dimension_count") + "' is " + dimension + ", expected "
                    + (llama ? "" : "an even number up to ") + headSize);
        }
        double theta = metadata.number(key("rope.freq_base"), 10000);
        if (theta <= 0) {
            throw metadata.fail("key '" + key("rope.freq_base") + "' is " + theta + ", expected a positive number");
        }
        // llama's rows of query and key are permuted so that pairs lie side by side (E.5); the others' are not.
        return new Rope(
                theta, dimension, llama, GgufRopeScaling.read(metadata, architecture, context, dimension, divisors));
    }

    /**
     * Files of architecture llama name Mistral's window too, but llama.cpp, for which they are made, attends to all.
     */
    private int[] slidingWindow(int layers) {
        int[] windows = new int[layers];
        if (!architecture.equals("llama")) {
            Arrays.fill(windows, metadata.integer(key("attention.sliding_window"), 0, 0, Integer.MAX_VALUE));
        }
        return windows;
    }
}
