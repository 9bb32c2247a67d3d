package io.quern.model;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.NormRole;
import io.quern.kernels.LinearWeights;
import io.quern.kernels.PackedMatrix;
import io.quern.kernels.Packer;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/** Turns a checkpoint into packed matrices, all workers at once, one matrix after another. */
public final class WeightLoader {
    private final Checkpoint checkpoint;
    private final Workers workers;
    private final Arena arena;
    private final DoubleConsumer progress;
    private final KernelWarmUp warmUp;
    private final long allWeights;
    private long packedWeights;

    private WeightLoader(Checkpoint checkpoint, Workers workers, Arena arena, DoubleConsumer progress,
            KernelWarmUp warmUp) {
        this.checkpoint = checkpoint;
        this.workers = workers;
        this.arena = arena;
        this.progress = progress == null ? share -> {} : progress;
        this.warmUp = warmUp;
        this.allWeights = countWeights(checkpoint.config());
    }

    /**
     * Packs all weights.
     *
     * @param arena where they live
     * @param progress told the share that is done, 0 to 1; may be null
     * @param warmUp told which kernels they need; to be closed before the arena is
     */
    public static TransformerWeights load(
            Checkpoint checkpoint, Workers workers, Arena arena, DoubleConsumer progress, KernelWarmUp warmUp) {
        warmUp.add(checkpoint.config().rope());
        checkpoint.output().ifPresentOrElse(warmUp::expect, () -> warmUp.expect(checkpoint.tokenEmbedding()));
        for (LinearRole role : LinearRole.values()) {
            warmUp.expect(checkpoint.linear(0, role));
        }
        return new WeightLoader(checkpoint, workers, arena, progress, warmUp).load();
    }

    /** The first block and the output matrix come first: mostly they have all the layouts that there are. */
    private TransformerWeights load() {
        ModelConfig config = checkpoint.config();
        TransformerWeights.Layer[] layers = new TransformerWeights.Layer[config.layerCount()];
        layers[0] = layer(0);
        Optional<LinearWeights> separate = checkpoint.output();
        PackedMatrix output = pack(separate.isPresent() ? separate.get() : checkpoint.tokenEmbedding());
        for (int i = 1; i < layers.length; i++) {
            layers[i] = layer(i);
        }
        return new TransformerWeights(
                config,
                checkpoint.tokenEmbedding(),
                layers,
                checkpoint.outputNorm(),
                new LinearGroup(new PackedMatrix[] {output}, new float[1][]),
                separate.isEmpty());
    }

    private TransformerWeights.Layer layer(int layer) {
        return new TransformerWeights.Layer(
                checkpoint.norm(layer, NormRole.ATTENTION),
                group(layer, LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE),
                checkpoint.norm(layer, NormRole.QUERY),
                checkpoint.norm(layer, NormRole.KEY),
                group(layer, LinearRole.OUTPUT),
                checkpoint.norm(layer, NormRole.FFN),
                group(layer, LinearRole.FFN_GATE, LinearRole.FFN_UP),
                group(layer, LinearRole.FFN_DOWN));
    }

    private LinearGroup group(int layer, LinearRole... roles) {
        PackedMatrix[] matrices = new PackedMatrix[roles.length];
        float[][] biases = new float[roles.length][];
        for (int i = 0; i < roles.length; i++) {
            matrices[i] = pack(checkpoint.linear(layer, roles[i]));
            biases[i] = checkpoint.bias(layer, roles[i]);
        }
        return new LinearGroup(matrices, biases);
    }

    private PackedMatrix pack(LinearWeights weights) {
        Packer packer = PackedMatrix.packer(weights, arena);
        int tiles = packer.tileCount();
        int chunks = Math.min(tiles, 4 * workers.threadCount());
        workers.run(chunks, (chunk, worker) -> packer.packTiles((int) ((long) tiles * chunk / chunks),
                (int) ((long) tiles * (chunk + 1) / chunks)));
        packedWeights += (long) weights.rows() * weights.columns();
        progress.accept((double) packedWeights / allWeights);
        PackedMatrix matrix = packer.finish();
        warmUp.add(weights, matrix);
        return matrix;
    }

    private static long countWeights(ModelConfig config) {
        long embedding = config.embeddingLength();
        long heads = 2L * (config.headCount() + config.kvHeadCount()) * config.headSize();
        long layer = embedding * (heads + 3L * config.feedForwardLength());
        return layer * config.layerCount() + embedding * config.vocabularySize();
    }
}
