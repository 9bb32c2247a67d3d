package io.quern;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.ModelConfig;
import io.quern.kernels.CpuConstants;
import io.quern.kernels.KvCache;
import io.quern.kernels.TensorType;
import io.quern.model.TransformerWeights;
import java.util.Map;

/**
 * What a loaded model is made of.
 *
 * @param format file format and quantisation, "GGUF v3"
 * @param parameters number of weights
 * @param fileBytes size of the files
 * @param weightBytes memory of the packed weights
 * @param layouts kernel layouts and how many matrices are in each
 * @param cacheBytes memory that one session's cache takes when the context is full
 * @param vectorBits width of the vector registers in use
 */
public record ModelDescription(
        String path,
        String format,
        String architecture,
        long parameters,
        int layers,
        int embeddingLength,
        int vocabularySize,
        int contextLength,
        long fileBytes,
        long weightBytes,
        long cacheBytes,
        Map<String, Integer> layouts,
        int threads,
        int vectorBits) {

    static ModelDescription of(Checkpoint checkpoint, TransformerWeights weights, int threads, int contextLength,
            TensorType cacheType) {
        ModelConfig config = checkpoint.config();
        return new ModelDescription(
                checkpoint.path().toString(),
                checkpoint.format(),
                config.architecture(),
                weights.parameters(),
                config.layerCount(),
                config.embeddingLength(),
                config.vocabularySize(),
                contextLength,
                checkpoint.fileBytes(),
                weights.byteSize(),
                KvCache.byteSize(cacheType, config.layerCount(), config.kvHeadCount(), config.headSize(),
                        contextLength),
                weights.layouts(),
                threads,
                CpuConstants.VECTOR_BITS);
    }
}
