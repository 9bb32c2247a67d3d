package io.quern.model;

import io.quern.QuernException;
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
import java.util.stream.Stream;

/** Turns a checkpoint into matrices: packed by all workers, one after another, or mapped where that is wanted. */
public final class WeightLoader {
    private final Checkpoint checkpoint;
    private final Workers workers;
    private final Arena arena;
    private final boolean mapped;
    private final DoubleConsumer progress;
    private final KernelWarmUp warmUp;
    private final long allWeights;
    private long doneWeights;

    private WeightLoader(Checkpoint checkpoint, Workers workers, Arena arena, boolean mapped, DoubleConsumer progress,
            KernelWarmUp warmUp) {
        this.checkpoint = checkpoint;
        this.workers = workers;
        this.arena = arena;
        this.mapped = mapped;
        this.progress = progress == null ? share -> {} : progress;
        this.warmUp = warmUp;
        this.allWeights = countWeights(checkpoint.config());
    }

    /**
     * Makes all matrices.
     *
     * @param mapped multiply from the checkpoint's own bytes wherever there is a kernel for them
     * @param arena where packed weights live
     * @param progress told the share that is done, 0 to 1; may be null
     * @param warmUp told which kernels they need; to be closed before the arena is
     * @throws QuernException if mapped is wanted and there is no kernel for any layer
     */
    public static TransformerWeights load(
            Checkpoint checkpoint, boolean mapped, Workers workers, Arena arena, DoubleConsumer progress,
            KernelWarmUp warmUp) {
        warmUp.add(checkpoint.config(), countWeights(checkpoint.config()));
        checkpoint.output().ifPresentOrElse(warmUp::expect, () -> warmUp.expect(checkpoint.tokenEmbedding()));
        for (LinearRole role : LinearRole.values()) {
            warmUp.expect(checkpoint.linear(0, role));
        }
        return new WeightLoader(checkpoint, workers, arena, mapped, progress, warmUp).load();
    }

    /** The first block and the output matrix come first: mostly they have all the layouts that there are. */
    private TransformerWeights load() {
        ModelConfig config = checkpoint.config();
        if (mapped && !hasMappedKernel(config)) {
            throw new QuernException(checkpoint.path() + ": no layer's weights can be multiplied as they are mapped:"
                    + " GPTQ of 4 or 8 bits or AWQ's gemm layout expected, " + checkpoint.format()
                    + " found; load it with packed weights");
        }
        TransformerWeights.Layer[] layers = new TransformerWeights.Layer[config.layerCount()];
        layers[0] = layer(0);
        Optional<LinearWeights> separate = checkpoint.output();
        PackedMatrix output = matrices(separate.isPresent() ? separate.get() : checkpoint.tokenEmbedding())[0];
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

    /** Most often the first layer tells. */
    private boolean hasMappedKernel(ModelConfig config) {
        for (int layer = 0; layer < config.layerCount(); layer++) {
            for (LinearRole role : LinearRole.values()) {
                if (PackedMatrix.mapped(checkpoint.linear(layer, role)).isPresent()) {
                    return true;
                }
            }
        }
        return checkpoint.output().flatMap(PackedMatrix::mapped).isPresent();
    }

    private TransformerWeights.Layer layer(int layer) {
        LinearRole[] roles = LinearRole.values();
        PackedMatrix[] matrices =
                matrices(Stream.of(roles).map(role -> checkpoint.linear(layer, role)).toArray(LinearWeights[]::new));
        return new TransformerWeights.Layer(
                checkpoint.norm(layer, NormRole.ATTENTION),
                group(matrices, layer, LinearRole.QUERY, LinearRole.KEY, LinearRole.VALUE),
                checkpoint.norm(layer, NormRole.QUERY),
                checkpoint.norm(layer, NormRole.KEY),
                group(matrices, layer, LinearRole.OUTPUT),
                checkpoint.norm(layer, NormRole.FFN),
                group(matrices, layer, LinearRole.FFN_GATE, LinearRole.FFN_UP),
                group(matrices, layer, LinearRole.FFN_DOWN));
    }

    /** @param matrices of all roles of the layer */
    private LinearGroup group(PackedMatrix[] matrices, int layer, LinearRole... roles) {
        return new LinearGroup(
                Stream.of(roles).map(role -> matrices[role.ordinal()]).toArray(PackedMatrix[]::new),
                Stream.of(roles).map(role -> checkpoint.bias(layer, role)).toArray(float[][]::new));
    }

    /** All packers first: their memory comes zeroed, and so all workers zero it. */
    private PackedMatrix[] matrices(LinearWeights... weights) {
        PackedMatrix[] matrices = new PackedMatrix[weights.length];
        Packer[] packers = new Packer[weights.length];
        workers.run(weights.length, (i, worker) -> {
            matrices[i] = mapped ? PackedMatrix.mapped(weights[i]).orElse(null) : null;
            packers[i] = matrices[i] == null ? PackedMatrix.packer(weights[i], arena) : null;
        });
        for (int i = 0; i < weights.length; i++) {
            if (packers[i] != null) {
                matrices[i] = pack(packers[i]);
            }
            doneWeights += (long) weights[i].rows() * weights[i].columns();
            progress.accept((double) doneWeights / allWeights);
            warmUp.add(weights[i], matrices[i]);
        }
        return matrices;
    }

    private PackedMatrix pack(Packer packer) {
        int tiles = packer.tileCount();
        int chunks = Math.min(tiles, 4 * workers.threadCount());
        workers.run(chunks, (chunk, worker) -> packer.packTiles((int) ((long) tiles * chunk / chunks),
                (int) ((long) tiles * (chunk + 1) / chunks)));
        return packer.finish();
    }

    private static long countWeights(ModelConfig config) {
        long embedding = config.embeddingLength();
        long heads = 2L * (config.headCount() + config.kvHeadCount()) * config.headSize();
        long layer = embedding * (heads + 3L * config.feedForwardLength());
        return layer * config.layerCount() + embedding * config.vocabularySize();
    }
}
