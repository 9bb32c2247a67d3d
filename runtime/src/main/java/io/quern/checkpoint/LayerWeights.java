package io.quern.checkpoint;

import io.quern.kernels.LinearWeights;
import java.util.Map;

/** The weights of one transformer block. Every linear role is there; biases and norms only where the model has them. */
public record LayerWeights(
        Map<LinearRole, LinearWeights> linear, Map<LinearRole, float[]> bias, Map<NormRole, float[]> norm) {}
