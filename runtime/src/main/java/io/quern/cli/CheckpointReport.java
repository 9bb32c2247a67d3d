package io.quern.cli;

import io.quern.ChatTemplates;
import io.quern.Tokenizer;
import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.Tensor;
import io.quern.cli.ModelReport.MemoryPlan;
import io.quern.cli.ModelReport.TypeUse;
import io.quern.kernels.KvCache;
import io.quern.kernels.LinearWeights;
import io.quern.kernels.TensorType;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link ModelReport} of an opened checkpoint. */
final class CheckpointReport {
    /** Longer arrays of the header, such as the vocabulary, are shown by their beginning. */
    private static final int SHOWN_ELEMENTS = 8;

    private CheckpointReport() {}

    /** @param contextLength for the memory plan; 0 for the model's own */
    static ModelReport of(Checkpoint checkpoint, int contextLength) {
        ModelConfig config = checkpoint.config();
        Tokenizer tokenizer = checkpoint.tokenizer();
        List<TypeUse> types = types(checkpoint.tensors());
        Map<String, Object> header = checkpoint.metadata();
        ChatTemplates.Choice template =
                ChatTemplates.select(checkpoint.chatTemplate().orElse(null), text -> tokenizer.idOf(text).isPresent());
        int positions = contextLength == 0 ? config.contextLength() : contextLength;
        long cache = KvCache.byteSize(TensorType.F16, config.layerCount(), config.kvHeadCount(), config.headSize(),
                positions);
        return new ModelReport(
                checkpoint.path().toString(),
                checkpoint.format(),
                config.architecture(),
                String.valueOf(header.getOrDefault("general.name", "")),
                checkpoint.fileBytes(),
                parameters(checkpoint),
                shape(config),
                LinearUses.of(checkpoint),
                checkpoint.warnings(),
                types,
                tokenizer(checkpoint),
                tokenizer.vocabularySize(),
                template.source() == ChatTemplates.Source.MODEL
                        ? checkpoint.chatTemplate().orElseThrow() : template.explanation(),
                new MemoryPlan(positions, types.stream().mapToLong(TypeUse::bytes).sum(), cache),
                metadata(header));
    }

    /** Weights of all matrices; packed words of quantised modules hold several each. */
    private static long parameters(Checkpoint checkpoint) {
        ModelConfig config = checkpoint.config();
        long sum = elements(checkpoint.tokenEmbedding());
        sum += checkpoint.output().map(CheckpointReport::elements).orElse(0L);
        for (LinearRole role : LinearRole.values()) {
            sum += (long) config.layerCount() * config.rows(role) * config.columns(role);
        }
        return sum;
    }

    private static long elements(LinearWeights weights) {
        return (long) weights.rows() * weights.columns();
    }

    private static String tokenizer(Checkpoint checkpoint) {
        Object model = checkpoint.metadata().get("tokenizer.ggml.model");
        if (model != null) {
            return model.toString();
        }
        for (String file : List.of("tokenizer.json", "tokenizer.model")) {
            if (Files.exists(checkpoint.path().resolve(file))) {
                return file;
            }
        }
        return "none";
    }

    private static List<TypeUse> types(List<Tensor> tensors) {
        Map<TensorType, TypeUse> uses = new EnumMap<>(TensorType.class);
        for (Tensor tensor : tensors) {
            TypeUse use = new TypeUse(tensor.type().name(), 1, tensor.elementCount(), tensor.data().byteSize());
            uses.merge(tensor.type(), use, (a, b) -> new TypeUse(a.type(), a.tensors() + b.tensors(),
                    a.elements() + b.elements(), a.bytes() + b.bytes()));
        }
        return uses.values().stream().sorted(Comparator.comparingLong(TypeUse::bytes).reversed()).toList();
    }

    private static Map<String, Object> shape(ModelConfig config) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("layers", config.layerCount());
        shape.put("embedding_length", config.embeddingLength());
        shape.put("heads", config.headCount());
        shape.put("kv_heads", config.kvHeadCount());
        shape.put("head_size", config.headSize());
        shape.put("feed_forward_length", config.feedForwardLength());
        shape.put("context_length", config.contextLength());
        shape.put("rope_theta", config.rope().theta());
        return shape;
    }

    private static Map<String, Object> metadata(Map<String, Object> header) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        header.forEach((key, value) -> metadata.put(key, plain(value)));
        return metadata;
    }

    private static Object plain(Object value) {
        if (value instanceof BigInteger number) {
            return number.toString();
        }
        if (value == null || !value.getClass().isArray()) {
            return value;
        }
        int length = Array.getLength(value);
        List<Object> first = new ArrayList<>();
        for (int i = 0; i < Math.min(length, SHOWN_ELEMENTS); i++) {
            first.add(plain(Array.get(value, i)));
        }
        if (length <= SHOWN_ELEMENTS) {
            return first;
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("length", length);
        summary.put("first", first);
        return summary;
    }
}
