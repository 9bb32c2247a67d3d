package io.quern.gguf;

import io.quern.checkpoint.LayerWeights;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.ModelWeights;
import io.quern.checkpoint.NormRole;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The tensors of a GGUF file under the roles that they have in the model (formats.md E.5). */
final class GgufWeights {
    private static final Map<LinearRole, String> LINEAR_NAMES = new EnumMap<>(Map.of(
            LinearRole.QUERY, "attn_q",
            LinearRole.KEY, "attn_k",
            LinearRole.VALUE, "attn_v",
            LinearRole.OUTPUT, "attn_output",
            LinearRole.FFN_GATE, "ffn_gate",
            LinearRole.FFN_UP, "ffn_up",
            LinearRole.FFN_DOWN, "ffn_down"));

    private static final List<LinearRole> FUSED = List.of(LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE);

    private final GgufTensors tensors;
    private final ModelConfig config;

    private GgufWeights(GgufTensors tensors, ModelConfig config) {
        this.tensors = tensors;
        this.config = config;
    }

    static ModelWeights read(GgufTensors tensors, ModelConfig config) {
        return new GgufWeights(tensors, config).read();
    }

    private ModelWeights read() {
        int vocabulary = config.vocabularySize();
        int embedding = config.embeddingLength();
        BlockWeights tokenEmbedding = tensors.matrix("token_embd.weight", vocabulary, embedding);
        BlockWeights output = tensors.has("output.weight")
                ? tensors.matrix("output.weight", vocabulary, embedding)
                : null;
        float[] outputNorm = tensors.vector("output_norm.weight", embedding);
        List<LayerWeights> layers = new ArrayList<>();
        for (int i = 0; i < config.layerCount(); i++) {
            layers.add(layer("blk." + i + "."));
        }
        return new ModelWeights(tokenEmbedding, output, outputNorm, layers);
    }

    private LayerWeights layer(String prefix) {
        Map<LinearRole, LinearWeights> linear = new EnumMap<>(LinearRole.class);
        Map<LinearRole, float[]> bias = new EnumMap<>(LinearRole.class);
        boolean fused = tensors.has(prefix + "attn_qkv.weight");
        if (fused) {
            splitFused(prefix + "attn_qkv", linear, bias);
        }
        for (LinearRole role : LinearRole.values()) {
            if (fused && FUSED.contains(role)) {
                continue;
            }
            String name = prefix + LINEAR_NAMES.get(role);
            linear.put(role, tensors.matrix(name + ".weight", config.rows(role), config.columns(role)));
            if (tensors.has(name + ".bias")) {
                bias.put(role, tensors.vector(name + ".bias", config.rows(role)));
            }
        }
        return new LayerWeights(linear, bias, norms(prefix));
    }

    /** One matrix with the rows of query, then key, then value. */
    private void splitFused(String name, Map<LinearRole, LinearWeights> linear, Map<LinearRole, float[]> bias) {
        int rows = FUSED.stream().mapToInt(config::rows).sum();
        BlockWeights all = tensors.matrix(name + ".weight", rows, config.embeddingLength());
        float[] allBias = tensors.optionalVector(name + ".bias", rows);
        int from = 0;
        for (LinearRole role : FUSED) {
            int count = config.rows(role);
            linear.put(role, all.slice(from, count));
            if (allBias != null) {
                bias.put(role, Arrays.copyOfRange(allBias, from, from + count));
            }
            from += count;
        }
    }

    private Map<NormRole, float[]> norms(String prefix) {
        Map<NormRole, float[]> norms = new EnumMap<>(NormRole.class);
        norms.put(NormRole.ATTENTION, tensors.vector(prefix + "attn_norm.weight", config.embeddingLength()));
        norms.put(NormRole.FFN, tensors.vector(prefix + "ffn_norm.weight", config.embeddingLength()));
        if (config.architecture().equals("qwen3")) {
            norms.put(NormRole.QUERY, tensors.vector(prefix + "attn_q_norm.weight", config.headSize()));
            norms.put(NormRole.KEY, tensors.vector(prefix + "attn_k_norm.weight", config.headSize()));
        }
        return norms;
    }
}
