package io.quern.checkpoint;

import io.quern.Tokenizer;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An opened checkpoint: everything checked, nothing of the weights read yet. Closing it unmaps the files; segments
 * handed out are dead then.
 */
public interface Checkpoint extends AutoCloseable {
    Path path();

    /** "GGUF v3" or "safetensors", with what quantises it: for people. */
    String format();

    ModelConfig config();

    /** The token embedding, {@code (vocabulary, embedding)}: always rows of blocks, since rows are looked up. */
    BlockWeights tokenEmbedding();

    /** The output matrix, or empty if the token embedding serves (tied). */
    Optional<LinearWeights> output();

    /** One linear layer of a block. A file that fuses query, key and value is split here. */
    LinearWeights linear(int layer, LinearRole role);

    /** Its bias, or null. */
    float[] bias(int layer, LinearRole role);

    /** A norm's weights, or null where the architecture has none (query and key norms). */
    float[] norm(int layer, NormRole role);

    float[] outputNorm();

    /** The tokenizer; made on first use. */
    Tokenizer tokenizer();

    Optional<String> chatTemplate();

    /** Special token texts that templates refer to: {@code bos_token}, {@code eos_token} ... */
    Map<String, String> templateVariables();

    /** Ids that end an answer, beside those that the tokenizer knows. */
    default Set<Integer> stopIds() {
        return Set.of();
    }

    /**
     * How the model's makers want it sampled, where they say: any of {@code temperature} (0 = greedy), {@code top_p},
     * {@code top_k}, {@code min_p}, {@code repetition_penalty}.
     */
    default Map<String, Double> samplingDefaults() {
        return Map.of();
    }

    /** What may be wrong with weights that can be read, in sentences for people. Looks at all zero points. */
    default List<String> warnings() {
        return List.of();
    }

    /** All stored tensors in file order, for reports. */
    List<Tensor> tensors();

    /** The header's own entries, for reports; values as the file has them. */
    Map<String, Object> metadata();

    /** Bytes of all files. */
    long fileBytes();

    @Override
    void close();
}
