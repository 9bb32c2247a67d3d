package io.quern.checkpoint;

import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import java.util.List;

/**
 * All weights of a model, their shapes checked.
 *
 * @param output null if the token embedding serves
 */
public record ModelWeights(
        BlockWeights tokenEmbedding, LinearWeights output, float[] outputNorm, List<LayerWeights> layers) {}
