package io.quern.safetensors;

import io.quern.checkpoint.LayerWeights;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.ModelWeights;
import io.quern.checkpoint.NormRole;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The tensors of a folder under the roles that they have in the model (formats.md B.4). */
final class HubWeights {
    private static final String EMBEDDING = "model.embed_tokens";
    private static final String HEAD = "lm_head";

    private static final Map<LinearRole, String> LINEAR_NAMES = new EnumMap<>(Map.of(
            LinearRole.QUERY, "self_attn.q_proj",
            LinearRole.KEY, "self_attn.k_proj",
            LinearRole.VALUE, "self_attn.v_proj",
            LinearRole.OUTPUT, "self_attn.o_proj",
            LinearRole.FFN_GATE, "mlp.gate_proj",
            LinearRole.FFN_UP, "mlp.up_proj",
            LinearRole.FFN_DOWN, "mlp.down_proj"));

    private final HubTensors tensors;
    private final LinearModules modules;
    private final HubConfig hub;
    private final ModelConfig config;

    private HubWeights(HubTensors tensors, LinearModules modules, HubConfig hub, ModelConfig config) {
        this.tensors = tensors;
        this.modules = modules;
        this.hub = hub;
        this.config = config;
    }

    static ModelWeights read(HubTensors tensors, LinearModules modules, HubConfig hub, ModelConfig config) {
        return new HubWeights(tensors, modules, hub, config).read();
    }

    private ModelWeights read() {
        int embedding = config.embeddingLength();
        if (modules.isQuantized(EMBEDDING)) {
            throw tensors.fail("module '" + EMBEDDING + "' is quantised, which is not supported");
        }
        BlockWeights tokenEmbedding = tensors.matrix(EMBEDDING + ".weight", config.vocabularySize(), embedding);
        LinearWeights output = output();
        float[] outputNorm = tensors.vector("model.norm.weight", embedding);
        List<LayerWeights> layers = new ArrayList<>();
        for (int i = 0; i < config.layerCount(); i++) {
            layers.add(layer("model.layers." + i + "."));
        }
        return new ModelWeights(tokenEmbedding, output, outputNorm, layers);
    }

    /** A quantised head counts even where the configuration says tied: it is there because it was quantised apart. */
    private LinearWeights output() {
        if (hub.tied() && !modules.isQuantized(HEAD)) {
            tensors.find(HEAD + ".weight");
            return null;
        }
        if (tensors.has(HEAD + ".bias")) {
            throw tensors.fail("tensor '" + HEAD + ".bias': a bias of the output is not supported");
        }
        return modules.read(HEAD, config.vocabularySize(), config.embeddingLength());
    }

    private LayerWeights layer(String prefix) {
        Map<LinearRole, LinearWeights> linear = new EnumMap<>(LinearRole.class);
        Map<LinearRole, float[]> bias = new EnumMap<>(LinearRole.class);
        for (LinearRole role : LinearRole.values()) {
            String module = prefix + LINEAR_NAMES.get(role);
            linear.put(role, modules.read(module, config.rows(role), config.columns(role)));
            // Tools store biases, of zeros, on models that have none; what is stored is used.
            if (tensors.has(module + ".bias") || hasBias(role)) {
                bias.put(role, tensors.vector(module + ".bias", config.rows(role)));
            }
        }
        return new LayerWeights(linear, bias, norms(prefix));
    }

    private boolean hasBias(LinearRole role) {
        return switch (role) {
            case QUERY, KEY, VALUE -> hub.attentionBias();
            case OUTPUT -> hub.attentionOutputBias();
            case FFN_GATE, FFN_UP, FFN_DOWN -> hub.feedForwardBias();
        };
    }

    private Map<NormRole, float[]> norms(String prefix) {
        int embedding = config.embeddingLength();
        Map<NormRole, float[]> norms = new EnumMap<>(NormRole.class);
        norms.put(NormRole.ATTENTION, tensors.vector(name(prefix, "input_layernorm", "ln1"), embedding));
        norms.put(NormRole.FFN, tensors.vector(name(prefix, "post_attention_layernorm", "ln2"), embedding));
        if (hub.family() == HubConfig.Family.QWEN3) {
            norms.put(NormRole.QUERY, tensors.vector(prefix + "self_attn.q_norm.weight", config.headSize()));
            norms.put(NormRole.KEY, tensors.vector(prefix + "self_attn.k_norm.weight", config.headSize()));
        }
        return norms;
    }

    /** The usual name, or that of Yi's first checkpoints where only it is there. */
    private String name(String prefix, String usual, String old) {
        String name = prefix + usual + ".weight";
        return !tensors.has(name) && tensors.has(prefix + old + ".weight") ? prefix + old + ".weight" : name;
    }
}
