package io.quern.measure;

import io.quern.QuernException;
import io.quern.checkpoint.ModelConfig;
import io.quern.checkpoint.RopeScaling;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Shapes of well-known models, for benchmarks without a file. */
public enum ModelShape {
    YI_6B(32, 4096, 11008, 32, 4, 64000, 5e6),
    YI_9B(48, 4096, 11008, 32, 4, 64000, 1e4),
    YI_34B(60, 7168, 20480, 56, 8, 64000, 5e6),
    LLAMA_3_8B(32, 4096, 14336, 32, 8, 128256, 5e5),
    MISTRAL_7B(32, 4096, 14336, 32, 8, 32000, 1e4),
    QWEN2_5_7B(28, 3584, 18944, 28, 4, 152064, 1e6),
    TINYLLAMA_1_1B(22, 2048, 5632, 32, 4, 32000, 1e4),
    SMOLLM2_135M(30, 576, 1536, 9, 3, 49152, 1e5);

    private static final int CONTEXT = 8192;

    private final int layers;
    private final int embeddingLength;
    private final int feedForwardLength;
    private final int heads;
    private final int kvHeads;
    private final int vocabularySize;
    private final double ropeTheta;

    ModelShape(int layers, int embeddingLength, int feedForwardLength, int heads, int kvHeads, int vocabularySize,
            double ropeTheta) {
        this.layers = layers;
        this.embeddingLength = embeddingLength;
        this.feedForwardLength = feedForwardLength;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.vocabularySize = vocabularySize;
        this.ropeTheta = ropeTheta;
    }

    /** The shape of that name, such as "yi-6b". */
    public static ModelShape named(String name) {
        for (ModelShape shape : values()) {
            if (shape.label().equals(name)) {
                return shape;
            }
        }
        throw new QuernException("shape \"" + name + "\" is not known; expected one of " + names());
    }

    /** All names, for help texts. */
    public static String names() {
        return Arrays.stream(values()).map(ModelShape::label).collect(Collectors.joining(", "));
    }

    /** As users write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Layers of the real model. */
    public int layers() {
        return layers;
    }

    ModelConfig config(int layerCount) {
        int headSize = embeddingLength / heads;
        ModelConfig.Rope rope = new ModelConfig.Rope(ropeTheta, headSize, true, new RopeScaling.None());
        return new ModelConfig("llama", vocabularySize, embeddingLength, layerCount, heads, kvHeads, headSize,
                feedForwardLength, CONTEXT, 1e-5f, rope, new int[layerCount]);
    }
}
