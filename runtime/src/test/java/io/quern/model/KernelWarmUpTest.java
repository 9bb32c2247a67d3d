package io.quern.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
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
    @CsvSource({"q4_1,false", "awq-g128,false", "q8_0,true"})
    void changesNoWeights(String weights, boolean exact) {
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, weights); Arena arena = Arena.ofShared()) {
            PackedMatrix matrix = PackedMatrix.pack(checkpoint.linear(0, LinearRole.FFN_DOWN), arena);
            float[] before = row(matrix);
            try (KernelWarmUp warmUp = new KernelWarmUp(checkpoint.config(), exact)) {
                warmUp.add(matrix);
                warmUp.add(matrix);
            }
            assertArrayEquals(before, row(matrix));
            assertEquals(List.of(), warmUpThreads());
        }
    }

    @Test
    void tellsWhatFailed() throws InterruptedException {
        ModelConfig config;
        PackedMatrix dead;
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, "q4_0"); Arena arena = Arena.ofShared()) {
            config = checkpoint.config();
            dead = PackedMatrix.pack(checkpoint.linear(0, LinearRole.QUERY), arena);
        }
        KernelWarmUp warmUp = new KernelWarmUp(config, true);
        warmUp.add(dead);
        for (Thread thread : warmUpThreads()) {
            thread.join();
        }
        assertEquals("Already closed", assertThrows(IllegalStateException.class, warmUp::close).getCause().getMessage());
    }

    private static float[] row(PackedMatrix matrix) {
        float[] row = new float[matrix.columns()];
        matrix.unpackRow(1, row, 0);
        return row;
    }

    private static List<Thread> warmUpThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("quern-warm-up"))
                .toList();
    }
}
