package io.quern.bench;

import io.quern.kernels.LinearWeights;
import io.quern.kernels.PackedMatrix;
import io.quern.kernels.TensorType;
import io.quern.measure.RandomGroups;
import java.lang.foreign.Arena;

/**
 * Formats of weights, as values of a benchmark's parameter: how checkpoints store them and which kernels multiply
 * them.
 */
public enum Weights {
    F16(TensorType.F16),
    Q8_0(TensorType.Q8_0),
    Q4_0(TensorType.Q4_0),
    Q4_1(TensorType.Q4_1),
    Q4_K(TensorType.Q4_K),
    Q6_K(TensorType.Q6_K),

    /** AWQ's gemm words, groups of 128, with zero points. */
    AWQ_4((rows, columns, seed, arena) -> RandomGroups.awq(rows, columns, 128, seed, arena)),

    /** GPTQ of version 1, groups of 128, symmetric, as its tools make it unless told otherwise. */
    GPTQ_4((rows, columns, seed, arena) -> RandomGroups.gptq(rows, columns, 4, 128, null, seed, arena)),

    /** The same with the inputs of a group scattered over the row. */
    GPTQ_4_ACT_ORDER((rows, columns, seed, arena) -> RandomGroups.gptq(
            rows, columns, 4, 128, RandomGroups.actOrder(columns, 128, seed), seed, arena)),

    /** GPTQ in 8 bits, as Yi-*-Chat-8bits has it. */
    GPTQ_8((rows, columns, seed, arena) -> RandomGroups.gptq(rows, columns, 8, 128, null, seed, arena)),

    // The same bytes, multiplied as they are instead of repacked.
    AWQ_4_MAPPED(AWQ_4),
    GPTQ_4_MAPPED(GPTQ_4),
    GPTQ_4_ACT_ORDER_MAPPED(GPTQ_4_ACT_ORDER),
    GPTQ_8_MAPPED(GPTQ_8);

    /** Makes a linear layer from a seed. */
    @FunctionalInterface
    private interface Maker {
        LinearWeights make(int rows, int columns, long seed, Arena arena);
    }

    private final Maker maker;
    private final boolean mapped;

    Weights(TensorType type) {
        this((rows, columns, seed, arena) -> RandomWeights.blocks(type, rows, columns, seed, arena));
    }

    Weights(Maker maker) {
        this.maker = maker;
        this.mapped = false;
    }

    Weights(Weights stored) {
        this.maker = stored.maker;
        this.mapped = true;
    }

    /** A random layer as a checkpoint stores it. */
    LinearWeights random(int rows, int columns, long seed, Arena arena) {
        return maker.make(rows, columns, seed, arena);
    }

    /** A random layer as the kernels want it. */
    PackedMatrix matrix(int rows, int columns, long seed, Arena arena) {
        if (mapped) {
            return PackedMatrix.mapped(random(rows, columns, seed, arena)).orElseThrow();
        }
        try (Arena source = Arena.ofConfined()) {
            return PackedMatrix.pack(random(rows, columns, seed, source), arena);
        }
    }
}
