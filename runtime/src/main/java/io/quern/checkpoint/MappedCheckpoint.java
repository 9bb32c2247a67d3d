package io.quern.checkpoint;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/** What checkpoints of all file formats share: the weights, the mapping they live in, a tokenizer made on first use. */
public abstract class MappedCheckpoint implements Checkpoint {
    private final Path path;
    private final Arena arena;
    private final ModelConfig config;
    private final ModelWeights weights;
    private Tokenizer tokenizer;

    /**
     * @param arena what the weights' segments live in; closed with this checkpoint, or by the caller if this fails
     */
    protected MappedCheckpoint(Path path, Arena arena, ModelConfig config, ModelWeights weights) {
        this.path = path;
        this.arena = arena;
        this.config = config;
        this.weights = weights;
    }

    /** Makes the tokenizer; called once. */
    protected abstract Tokenizer makeTokenizer();

    @Override
    public final Path path() {
        return path;
    }

    @Override
    public final ModelConfig config() {
        return config;
    }

    @Override
    public final BlockWeights tokenEmbedding() {
        return weights.tokenEmbedding();
    }

    @Override
    public final Optional<LinearWeights> output() {
        return Optional.ofNullable(weights.output());
    }

    @Override
    public final LinearWeights linear(int layer, LinearRole role) {
        return layer(layer).linear().get(role);
    }

    @Override
    public final float[] bias(int layer, LinearRole role) {
        return layer(layer).bias().get(role);
    }

    @Override
    public final float[] norm(int layer, NormRole role) {
        return layer(layer).norm().get(role);
    }

    @Override
    public final float[] outputNorm() {
        return weights.outputNorm();
    }

    @Override
    public final synchronized Tokenizer tokenizer() {
        if (tokenizer == null) {
            try {
                tokenizer = makeTokenizer();
            } catch (QuernException e) {
                String message = e.getMessage();
                throw message.startsWith(path.toString()) ? e : new QuernException(path + ": " + message, e);
            }
        }
        return tokenizer;
    }

    @Override
    public final void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private LayerWeights layer(int layer) {
        return weights.layers().get(layer);
    }
}
