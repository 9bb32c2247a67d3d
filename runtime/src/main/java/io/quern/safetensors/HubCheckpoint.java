package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.MappedCheckpoint;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.ModelWeights;
import io.quern.checkpoint.Tensor;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import io.quern.safetensors.ShardIndex.Shards;
import io.quern.tokenizer.GgufTokenizer;
import io.quern.tokenizer.HubTokenizer;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A model in a folder as Hugging Face's hub has it: {@code config.json} and safetensors files. */
public final class HubCheckpoint extends MappedCheckpoint {
    private final HubFolder folder;
    private final Shards shards;
    private final String format;

    private HubCheckpoint(
            HubFolder folder, Arena arena, Shards shards, ModelConfig config, ModelWeights weights, String format) {
        super(folder.path(), arena, config, weights);
        this.folder = folder;
        this.shards = shards;
        this.format = format;
    }

    /**
     * Opens a folder and checks all of it but the weights' values and the tokenizer.
     *
     * @throws QuernException if a file is missing or damaged, or the model or its quantisation is not supported
     */
    public static HubCheckpoint open(Path path) {
        HubFolder folder = HubFolder.read(path);
        HubConfig config = HubConfig.of(folder.config());
        return open(folder, config, ShardIndex.of(path));
    }

    /**
     * The same for one safetensors file, with the configuration that lies beside it. If the folder's index lists the
     * file, all that the index lists is opened.
     */
    public static HubCheckpoint openFile(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        HubFolder folder = HubFolder.read(parent);
        HubConfig config = HubConfig.of(folder.config());
        return open(folder, config, ShardIndex.ofFile(file));
    }

    private static HubCheckpoint open(HubFolder folder, HubConfig hub, ShardIndex index) {
        Quantization quantization = Quantization.of(folder.quantization());
        ModelConfig config = hub.modelConfig();
        Arena arena = Arena.ofShared();
        try {
            Shards shards = index.open(arena);
            HubTensors tensors = new HubTensors(folder.path().toString(), shards.entries());
            LinearModules modules = new LinearModules(tensors, quantization);
            ModelWeights weights = HubWeights.read(tensors, modules, hub, config);
            tensors.refuseUnused();
            return new HubCheckpoint(folder, arena, shards, config, weights, describe(weights, quantization));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** What most of the modules are, and what is read otherwise than the configuration has it. */
    private static String describe(ModelWeights weights, Quantization quantization) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        weights.layers().forEach(layer -> {
            for (LinearRole role : LinearRole.values()) {
                LinearWeights linear = layer.linear().get(role);
                counts.merge(linear instanceof BlockWeights dense ? dense.type().name() : linear.toString(), 1,
                        Integer::sum);
            }
        });
        String most = Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
        String note = quantization.notes().isEmpty() ? "" : " (" + quantization.notes() + ")";
        return "safetensors, " + (counts.size() > 1 ? "mostly " : "") + most + note;
    }

    @Override
    public String format() {
        return format;
    }

    /** A folder without a tokenizer still takes ids. */
    @Override
    protected Tokenizer makeTokenizer() {
        return HubTokenizer.isIn(folder.path())
                ? HubTokenizer.load(folder.path(), stopIds())
                : GgufTokenizer.from(Map.of("tokenizer.ggml.model", "none"));
    }

    @Override
    public Optional<String> chatTemplate() {
        return folder.chatTemplate();
    }

    @Override
    public Map<String, String> templateVariables() {
        return folder.templateVariables();
    }

    @Override
    public Set<Integer> stopIds() {
        return folder.stopIds();
    }

    @Override
    public Map<String, Double> samplingDefaults() {
        return folder.samplingDefaults();
    }

    /** One warning at most: what befell one module befell others. */
    @Override
    public List<String> warnings() {
        for (int layer = 0; layer < config().layerCount(); layer++) {
            for (LinearRole role : LinearRole.values()) {
                if (linear(layer, role) instanceof GptqWeights gptq && gptq.hasWrappedZeros()) {
                    return List.of(path() + ": layer " + layer + " has GPTQ zero points of 0 in the old format, which"
                            + " tools store and read in different ways: if the answers are poor, look for the same"
                            + " model with \"checkpoint_format\": \"gptq_v2\"");
                }
            }
        }
        return List.of();
    }

    /** Tensors of types that the kernels have a name for. */
    @Override
    public List<Tensor> tensors() {
        return shards.entries().values().stream()
                .filter(entry -> entry.dtype().type() != null)
                .map(entry -> new Tensor(entry.name(), entry.dtype().type(), entry.shape(), entry.data()))
                .toList();
    }

    @Override
    public Map<String, Object> metadata() {
        Map<String, Object> metadata = new LinkedHashMap<>(folder.config().values());
        if (!folder.quantization().values().isEmpty()) {
            metadata.put("quantization_config", folder.quantization().values());
        }
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public long fileBytes() {
        return shards.byteSize();
    }
}
