package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Vectors that the compiler does not keep in registers become garbage: a product must make none once it is compiled.
 */
class VectorAllocationTest {
    private static final int ROUNDS = 20;

    @ParameterizedTest
    @EnumSource(
            names = {
                "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q4_K", "Q5_0", "Q8_0", "Q2_K", "Q3_K", "Q6_K", "IQ4_XS", "MXFP4",
                "NVFP4", "IQ2_XXS"
            })
    void productsOfVectorsAllocateNothing(TensorType type) {
        int columns = 512;
        BlockWeights weights = RandomWeights.blocks(type, CpuConstants.TILE_ROWS, columns, new Random(1));
        try (Arena arena = Arena.ofConfined()) {
            PackedMatrix matrix = PackedMatrix.pack(weights, arena);
            float[] x = RandomWeights.gaussian(columns, new Random(2));
            float[] y = new float[weights.rows()];
            for (Activations.Precision precision : Activations.Precision.values()) {
                long least = allocatedByRounds(matrix, precision, x, y);
                assertTrue(least < ROUNDS, least + " bytes in " + ROUNDS + " products, " + precision);
            }
        }
    }

    private static long allocatedByRounds(PackedMatrix matrix, Activations.Precision precision, float[] x, float[] y) {
        PackedMatrix[] sharing = {matrix};
        VectorActivations activations = new VectorActivations();
        Scratch scratch = new Scratch();
        long least = Long.MAX_VALUE;
        // Compilation takes its own time, on a busy machine much of it: the least of many rounds is what counts.
        for (int attempt = 0; attempt < 30_000 && least > 0; attempt++) {
            long before = AllocatedBytes.now();
            for (int round = 0; round < ROUNDS; round++) {
                activations.set(x, 0, precision, sharing);
                matrix.multiplyVector(activations, scratch, y, 0, 0, y.length);
            }
            least = Math.min(least, AllocatedBytes.now() - before);
        }
        return least;
    }
}
