package io.quern.gguf;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.checkpoint.FileMapping;
import io.quern.checkpoint.MappedCheckpoint;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.ModelWeights;
import io.quern.checkpoint.Tensor;
import io.quern.kernels.TensorType;
import io.quern.tokenizer.GgufTokenizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A model in a GGUF file, or in the parts of a split one. */
public final class GgufCheckpoint extends MappedCheckpoint {
    private static final List<String> TEMPLATE_TOKENS = List.of("bos", "eos", "unknown", "padding");
    private static final List<String> TEMPLATE_NAMES = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    private static final Map<String, String> SAMPLING_KEYS = Map.of(
            "temperature", "general.sampling.temp",
            "top_p", "general.sampling.top_p",
            "top_k", "general.sampling.top_k",
            "min_p", "general.sampling.min_p",
            "repetition_penalty", "general.sampling.penalty_repeat");

    private final GgufFile file;

    private GgufCheckpoint(Path path, Arena arena, GgufFile file, ModelConfig config, ModelWeights weights) {
        super(path, arena, config, weights);
        this.file = file;
    }

    /**
     * Opens a file and checks all of it but the weights' values.
     *
     * @throws QuernException if the file breaks the format, is truncated, or holds a model that is not supported
     */
    public static GgufCheckpoint open(Path path) {
        Arena arena = Arena.ofShared();
        return open(path, arena, () -> GgufFile.open(path, arena));
    }

    /**
     * The tokenizer of a file, which may hold a vocabulary and nothing else.
     *
     * @throws QuernException if the file breaks the format, or its tokenizer is not supported
     */
    public static Tokenizer tokenizer(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return GgufTokenizer.from(GgufHeader.read(FileMapping.map(path, arena), path.toString()).metadata());
        }
    }

    /** As {@link #open(Path)}, for a file whose bytes are at hand; the path is for messages alone. */
    public static GgufCheckpoint of(byte[] bytes, Path path) {
        Arena arena = Arena.ofShared();
        return open(path, arena, () -> {
            MemorySegment segment = arena.allocate(bytes.length, 64);
            MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return GgufFile.read(segment, path, arena);
        });
    }

    private static GgufCheckpoint open(Path path, Arena arena, Supplier<GgufFile> files) {
        try {
            GgufFile file = files.get();
            GgufMetadata metadata = new GgufMetadata(path.toString(), file.metadata());
            GgufTensors tensors = new GgufTensors(path.toString(), file.tensors());
            ModelConfig config = GgufConfig.read(metadata, tensors);
            ModelWeights weights = GgufWeights.read(tensors, config);
            tensors.refuseUnused();
            return new GgufCheckpoint(path, arena, file, config, weights);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public String format() {
        Map<TensorType, Long> bytes = new EnumMap<>(TensorType.class);
        for (Tensor tensor : file.tensors().values()) {
            bytes.merge(tensor.type(), tensor.data().byteSize(), Long::sum);
        }
        TensorType most = Collections.max(bytes.entrySet(), Map.Entry.comparingByValue()).getKey();
        return "GGUF v" + file.version() + ", " + (most.isPlain() ? "" : "mostly ") + most;
    }

    @Override
    protected Tokenizer makeTokenizer() {
        return GgufTokenizer.from(file.metadata());
    }

    @Override
    public Optional<String> chatTemplate() {
        return Optional.ofNullable(new GgufMetadata(path().toString(), file.metadata())
                .string("tokenizer.chat_template", null));
    }

    @Override
    public Map<String, String> templateVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        if (file.metadata().get("tokenizer.ggml.tokens") instanceof String[] tokens) {
            for (int i = 0; i < TEMPLATE_TOKENS.size(); i++) {
                Object id = file.metadata().get("tokenizer.ggml." + TEMPLATE_TOKENS.get(i) + "_token_id");
                if (id instanceof Long index && index >= 0 && index < tokens.length) {
                    variables.put(TEMPLATE_NAMES.get(i), tokens[index.intValue()]);
                }
            }
        }
        return variables;
    }

    @Override
    public Map<String, Double> samplingDefaults() {
        GgufMetadata metadata = new GgufMetadata(path().toString(), file.metadata());
        Map<String, Double> defaults = new LinkedHashMap<>();
        SAMPLING_KEYS.forEach((name, key) -> {
            if (metadata.has(key)) {
                defaults.put(name, metadata.number(key, 0));
            }
        });
        return defaults;
    }

    @Override
    public List<Tensor> tensors() {
        return List.copyOf(file.tensors().values());
    }

    @Override
    public Map<String, Object> metadata() {
        return Collections.unmodifiableMap(file.metadata());
    }

    @Override
    public long fileBytes() {
        return file.byteSize();
    }
}
