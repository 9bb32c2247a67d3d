package io.quern.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quern.checkpoint.LinearRole;
import io.quern.kernels.LinearWeights;
import io.quern.kernels.PackedMatrix;
import io.quern.measure.ModelShape;
import io.quern.measure.RandomCheckpoint;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelWarmUpTest {
    private static final ModelShape SHAPE = ModelShape.named("smollm2-135m");

    /** What sessions compute is the same whether the warm-up has run beside the loading or not. */
    @ParameterizedTest
    @CsvSource({"q4_1,false", "awq-4,false", "q8_0,true"})
    void changesNoWeights(String weights, boolean exact) {
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, weights, true);
                Arena arena = Arena.ofShared()) {
            LinearWeights linear = checkpoint.linear(0, LinearRole.FFN_DOWN);
            PackedMatrix matrix = PackedMatrix.pack(linear, arena);
            float[] before = row(matrix);
            try (KernelWarmUp warmUp = new KernelWarmUp(exact)) {
                warmUp.add(checkpoint.config(), 1_000_000_000L);
                warmUp.add(linear, matrix);
                warmUp.add(linear, matrix);
            }
            assertArrayEquals(before, row(matrix));
            assertEquals(List.of(), warmUpThreads());
        }
    }

    @Test
    void tellsWhatFailed() throws InterruptedException {
        LinearWeights weights;
        PackedMatrix dead;
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, "awq-4", true);
                Arena arena = Arena.ofShared()) {
            weights = checkpoint.linear(0, LinearRole.QUERY);
            dead = PackedMatrix.pack(weights, arena);
        }
        KernelWarmUp warmUp = new KernelWarmUp(true);
        warmUp.add(weights, dead);
        while (warmUpThreads().size() > 1) { // one has failed, the other waits for more
            Thread.sleep(1);
        }
        assertEquals("Already closed",
                assertThrows(IllegalStateException.class, warmUp::close).getCause().getMessage());
    }

    private static float[] row(PackedMatrix matrix) {
        float[] row = new float[matrix.columns()];
        matrix.unpackRow(1, row, 0);
        return row;
    }

    private static List<Thread> warmUpThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("quern-warm-up"))
                .toList();
    }
}
