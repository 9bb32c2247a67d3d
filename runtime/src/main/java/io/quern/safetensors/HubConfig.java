package io.quern.safetensors;

import io.quern.checkpoint.ModelConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The model's shape from {@code config.json} (formats.md B.1). Families other than Llama's kin are refused by name. */
final class HubConfig {
    private static final int MAX_LAYERS = 4096;
    private static final int MAX_HEADS = 1 << 16;
    private static final int MAX_EXTENT = 1 << 24;
    private static final int MAX_CONTEXT = 1 << 30;

    /** Mistral's class default, for configurations that leave the key out. */
    private static final int MISTRAL_WINDOW = 4096;

    private static final int MISTRAL_KV_HEADS = 8;
    private static final int QWEN3_HEAD_SIZE = 128;

    /** What a configuration that names only its class is called. */
    private static final Map<String, Family> CLASSES = Map.of(
            "LlamaForCausalLM", Family.LLAMA,
            "YiForCausalLM", Family.LLAMA,
            "MistralForCausalLM", Family.MISTRAL,
            "Qwen2ForCausalLM", Family.QWEN2,
            "Qwen3ForCausalLM", Family.QWEN3);

    /** Families that differ in their defaults, biases and norms. */
    enum Family {
        LLAMA,
        MISTRAL,
        QWEN2,
        QWEN3
    }

    private final JsonSettings config;
    private final Family family;

    private HubConfig(JsonSettings config, Family family) {
        this.config = config;
        this.family = family;
    }

    static HubConfig of(JsonSettings config) {
        return new HubConfig(config, family(config));
    }

    Family family() {
        return family;
    }

    boolean tied() {
        return config.bool("tie_word_embeddings", false);
    }

    /** Whether the configuration says that query, key and value have biases. */
    boolean attentionBias() {
        return switch (family) {
            case QWEN2 -> true;
            case LLAMA, QWEN3 -> config.bool("attention_bias", false);
            case MISTRAL -> false;
        };
    }

    /** Whether it says so of the attention's output; Qwen2's never has one. */
    boolean attentionOutputBias() {
        return family != Family.QWEN2 && attentionBias();
    }

    boolean feedForwardBias() {
        return family == Family.LLAMA && config.bool("mlp_bias", false);
    }

    ModelConfig modelConfig() {
        String activation = config.string("hidden_act", "silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw config.fail("key 'hidden_act' is '" + activation + "', expected 'silu'");
        }
        int layers = config.requireInteger("num_hidden_layers", 1, MAX_LAYERS);
        int hidden = config.requireInteger("hidden_size", 1, MAX_EXTENT);
        int heads = config.requireInteger("num_attention_heads", 1, MAX_HEADS);
        int kvHeads = config.integer("num_key_value_heads", defaultKvHeads(heads), 1, MAX_HEADS);
        if (heads % kvHeads != 0) {
            throw config.fail(heads + " heads are not a multiple of " + kvHeads + " key and value heads");
        }
        int headSize =
                config.integer("head_dim", family == Family.QWEN3 ? QWEN3_HEAD_SIZE : hidden / heads, 1, MAX_EXTENT);
        if (headSize < 2 || headSize % 2 != 0 || (long) headSize * heads > MAX_EXTENT) {
            throw config
                    .fail(heads + " heads of " + headSize + " elements; expected an even number of them, and at most "
                            + MAX_EXTENT + " in all");
        }
        int context = config.integer("max_position_embeddings", defaultContext(), 1, MAX_CONTEXT);
        double epsilon = config.number("rms_norm_eps", 1e-6);
        if (epsilon < 0) {
            throw config.fail("key 'rms_norm_eps' is negative: " + epsilon);
        }
        int[] windows = slidingWindows(layers);
        return new ModelConfig(config.string("model_type", family.name().toLowerCase(Locale.ROOT)),
                config.requireInteger("vocab_size", 1, MAX_EXTENT), hidden, layers, heads, kvHeads, headSize,
                config.requireInteger("intermediate_size", 1, MAX_EXTENT), context, (float) epsilon,
                HubRope.read(config, headSize, context), windows);
    }

    private static Family family(JsonSettings config) {
        String type = config.string("model_type", null);
        List<?> classes = config.list("architectures");
        Family family = type == null
                ? classes.isEmpty() ? null : CLASSES.get(String.valueOf(classes.get(0)))
                : switch (type) {
                    case "llama", "Yi", "yi" -> Family.LLAMA;
                    case "mistral" -> Family.MISTRAL;
                    case "qwen2" -> Family.QWEN2;
                    case "qwen3" -> Family.QWEN3;
                    default -> null;
                };
        if (family == null) {
            String found = type != null ? "model_type '" + type + "'" : "architectures " + classes;
            throw config.fail(found + " is not supported; supported: llama, mistral, qwen2, qwen3, Yi");
        }
        if (!classes.isEmpty() && classes.stream().noneMatch(name -> String.valueOf(name).endsWith("ForCausalLM"))) {
            throw config.fail("architectures " + classes + ": not a model that generates text (...ForCausalLM)");
        }
        return family;
    }

    private int defaultKvHeads(int heads) {
        boolean absent = !config.mentions("num_key_value_heads");
        return family == Family.MISTRAL && absent ? MISTRAL_KV_HEADS : heads;
    }

    private int defaultContext() {
        return switch (family) {
            case LLAMA -> 2048;
            case MISTRAL -> 4096 * 32;
            case QWEN2, QWEN3 -> 32768;
        };
    }

    /** Positions that each layer's queries see, 0 for all. */
    private int[] slidingWindows(int layers) {
        int[] windows = new int[layers];
        boolean qwen = family == Family.QWEN2 || family == Family.QWEN3;
        boolean absent = !config.mentions("sliding_window");
        int classDefault = absent && family != Family.LLAMA ? MISTRAL_WINDOW : 0;
        int window = config.integer("sliding_window", classDefault, 0, Integer.MAX_VALUE);
        if (family == Family.LLAMA || qwen && !config.bool("use_sliding_window", false)) {
            return windows;
        }
        List<?> types = qwen ? config.list("layer_types") : List.of();
        if (!types.isEmpty() && types.size() != layers) {
            throw config.fail("key 'layer_types' has " + types.size() + " entries, expected " + layers);
        }
        int firstWindowed = qwen ? config.integer("max_window_layers", 28, 0, Integer.MAX_VALUE) : 0;
        for (int i = 0; i < layers; i++) {
            boolean windowed = types.isEmpty() ? i >= firstWindowed : isWindowed(types.get(i));
            windows[i] = windowed ? window : 0;
        }
        return windows;
    }

    private boolean isWindowed(Object layerType) {
        return switch (String.valueOf(layerType)) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default -> throw config.fail("key 'layer_types' has '" + layerType
                    + "', expected 'full_attention' or 'sliding_attention'");
        };
    }
}
