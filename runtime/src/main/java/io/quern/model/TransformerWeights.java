package io.quern.model;

import io.quern.checkpoint.ModelConfig;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.PackedMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All weights of a model, ready for the kernels. Immutable. */
public record TransformerWeights(
        ModelConfig config,
        BlockWeights tokenEmbedding, // (vocabulary, embedding), looked up by row in the mapped file
        Layer[] layers,
        float[] outputNorm, // (embedding)
        LinearGroup output, // (vocabulary, embedding)
        boolean tiedOutput) { // the output matrix holds the token embedding's weights

    /** One transformer block. */
    record Layer(
            float[] attentionNorm, // (embedding)
            LinearGroup queryKeyValue, // (heads * headSize, embedding), (kvHeads * headSize, embedding) twice
            float[] queryNorm, // (headSize) or null
            float[] keyNorm, // (headSize) or null
            LinearGroup attentionOutput, // (embedding, heads * headSize)
            float[] ffnNorm, // (embedding)
            LinearGroup gateUp, // (feedForward, embedding) twice
            LinearGroup ffnDown) {} // (embedding, feedForward)

    /** Number of weights, those of a tied output matrix once. */
    public long parameters() {
        long embedding = (long) tokenEmbedding.rows() * tokenEmbedding.columns();
        return layerParameters() + outputParameters() + (tiedOutput ? 0 : embedding);
    }

    /** Number of weights in the linear layers of all blocks. */
    public long layerParameters() {
        long sum = 0;
        for (PackedMatrix matrix : matrices()) {
            sum += (long) matrix.rows() * matrix.columns();
        }
        return sum - outputParameters();
    }

    /** Number of weights of the output matrix. */
    public long outputParameters() {
        return (long) output.matrices[0].rows() * output.matrices[0].columns();
    }

    /** Memory of the packed matrices. */
    public long byteSize() {
        return matrices().stream().mapToLong(PackedMatrix::byteSize).sum();
    }

    /** Kernel layouts and how many matrices are in each. */
    public Map<String, Integer> layouts() {
        Map<String, Integer> counts = new TreeMap<>();
        for (PackedMatrix matrix : matrices()) {
            counts.merge(matrix.layout(), 1, Integer::sum);
        }
        return counts;
    }

    private List<PackedMatrix> matrices() {
        List<PackedMatrix> all = new ArrayList<>();
        for (Layer layer : layers) {
            all.addAll(List.of(layer.queryKeyValue().matrices));
            all.addAll(List.of(layer.attentionOutput().matrices));
            all.addAll(List.of(layer.gateUp().matrices));
            all.addAll(List.of(layer.ffnDown().matrices));
        }
        all.addAll(List.of(output.matrices));
        return all;
    }
}
