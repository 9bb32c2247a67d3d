package io.quern.measure;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.checkpoint.LayerWeights;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.MappedCheckpoint;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.ModelWeights;
import io.quern.checkpoint.NormRole;
import io.quern.checkpoint.Tensor;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model of a real shape with random weights: the same bytes a token and the same arithmetic as a real one, so the
 * same speed.
 */
public final class RandomCheckpoint extends MappedCheckpoint {
    private final String format;

    private RandomCheckpoint(String name, Arena arena, ModelConfig config, ModelWeights weights, String format) {
        super(Path.of(name), arena, config, weights);
        this.format = format;
    }

    /**
     * Makes a model.
     *
     * @param layers how many, or 0 for as many as the real model has
     * @param weights "q4_0", "q4_k_m", "awq-4" ..., see {@link RandomWeights#names}
     * @param shared layers share the bytes of equal matrices, which saves time and memory where each is packed for
     *     itself; where they are multiplied as they are, caches would see less than a real model's
     */
    public static RandomCheckpoint of(ModelShape shape, int layers, String weights, boolean shared) {
        ModelConfig config = shape.config(layers == 0 ? shape.layers() : layers);
        Arena arena = Arena.ofShared();
        try {
            RandomWeights random = new RandomWeights(arena, weights, shared);
            BlockWeights embedding = random.embedding(config.vocabularySize(), config.embeddingLength());
            List<LayerWeights> all = new ArrayList<>();
            for (int layer = 0; layer < config.layerCount(); layer++) {
                all.add(layer(config, random, layer));
            }
            LinearWeights output = random.output(config.vocabularySize(), config.embeddingLength());
            ModelWeights model = new ModelWeights(embedding, output, ones(config.embeddingLength()), all);
            return new RandomCheckpoint(shape.label(), arena, config, model, "random " + weights);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static LayerWeights layer(ModelConfig config, RandomWeights random, int layer) {
        Map<LinearRole, LinearWeights> linear = new EnumMap<>(LinearRole.class);
        for (LinearRole role : LinearRole.values()) {
            linear.put(role, random.linear(role, layer, config));
        }
        Map<NormRole, float[]> norms = new EnumMap<>(NormRole.class);
        norms.put(NormRole.ATTENTION, ones(config.embeddingLength()));
        norms.put(NormRole.FFN, ones(config.embeddingLength()));
        return new LayerWeights(linear, Map.of(), norms);
    }

    private static float[] ones(int length) {
        float[] ones = new float[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    protected Tokenizer makeTokenizer() {
        throw new QuernException("random weights have no tokenizer");
    }

    @Override
    public Optional<String> chatTemplate() {
        return Optional.empty();
    }

    @Override
    public Map<String, String> templateVariables() {
        return Map.of();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of();
    }

    @Override
    public Map<String, Object> metadata() {
        return Map.of();
    }

    @Override
    public long fileBytes() {
        return 0;
    }
}
