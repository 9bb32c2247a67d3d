package io.quern.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.WeightStorage;
import io.quern.checkpoint.LinearRole;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import io.quern.kernels.GptqWords;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RandomCheckpointTest {
    private static final ModelShape SHAPE = ModelShape.named("smollm2-135m");

    @ParameterizedTest
    @CsvSource({
        "awq-4, 'AWQ gemm 4-bit, groups of 128'", "awq-4-g64, 'AWQ gemm 4-bit, groups of 64'",
        "gptq-4, 'GPTQ v1 4-bit, groups of 128'", "gptq-4-act-order, 'GPTQ v1 4-bit, groups of 128, act-order'",
        "gptq-8-g32, 'GPTQ v1 8-bit, groups of 32'",
        "gptq-8-g32-act-order, 'GPTQ v1 8-bit, groups of 32, act-order'"
    })
    void groupsInTheWordsOfCheckpoints(String name, String expected) {
        for (WeightStorage storage : Set.of(WeightStorage.PACKED, WeightStorage.MAPPED)) {
            RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, name, true);
            try (SpeedBenchmark benchmark = new SpeedBenchmark(checkpoint, 1, true, storage, 1, null)) {
                assertEquals(expected, checkpoint.linear(0, LinearRole.FFN_DOWN).toString());
                String layouts = benchmark.weights().layouts().toString();
                assertEquals(storage == WeightStorage.MAPPED, layouts.contains("mapped"), layouts);
            }
        }
    }

    @Test
    void weightsAreAboutAFiftieth() {
        for (String name : Set.of("awq-4", "gptq-4", "gptq-8-act-order")) {
            try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, name, true)) {
                GroupWeights weights = (GroupWeights) checkpoint.linear(0, LinearRole.QUERY);
                float[] row = new float[weights.columns()];
                GroupWeights.dequantizeRow(weights, 7, row);
                double squares = 0;
                for (float weight : row) {
                    squares += weight * weight;
                }
                double deviation = Math.sqrt(squares / row.length);
                assertTrue(deviation > 0.01 && deviation < 0.04, name + " " + deviation);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void layersShareBytesOnlyIfTold(boolean shared) {
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 2, "gptq-4", shared)) {
            long first = ((GptqWords) checkpoint.linear(0, LinearRole.FFN_UP)).qweight().address();
            long second = ((GptqWords) checkpoint.linear(1, LinearRole.FFN_UP)).qweight().address();
            assertEquals(shared, first == second);
            long embedding = checkpoint.tokenEmbedding().data().address();
            long output = ((BlockWeights) checkpoint.output().orElseThrow()).data().address();
            assertEquals(shared, embedding == output);
        }
    }

    /** GPTQ's order comes from the inputs, which query, key and value share, and gate and up. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void matricesOfOneInputHaveOneOrder(boolean shared) {
        try (RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 2, "gptq-4-g64-act-order", shared)) {
            int[] query = order(checkpoint, 0, LinearRole.QUERY);
            assertArrayEquals(query, order(checkpoint, 0, LinearRole.KEY));
            assertArrayEquals(query, order(checkpoint, 0, LinearRole.VALUE));
            int[] gate = order(checkpoint, 0, LinearRole.FFN_GATE);
            assertArrayEquals(gate, order(checkpoint, 0, LinearRole.FFN_UP));
            assertEquals(shared, Arrays.equals(query, order(checkpoint, 0, LinearRole.OUTPUT)));
            assertEquals(shared, Arrays.equals(query, gate));
            assertEquals(shared, Arrays.equals(query, order(checkpoint, 1, LinearRole.QUERY)));
        }
    }

    private static int[] order(RandomCheckpoint checkpoint, int layer, LinearRole role) {
        return ((GroupWeights) checkpoint.linear(layer, role)).groupIndex();
    }

    @Test
    void mappedBlocksAreRefusedAndTheCheckpointIsClosed() {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(SHAPE, 1, "q4_0", true);
        QuernException e = assertThrows(
                QuernException.class, () -> new SpeedBenchmark(checkpoint, 1, true, WeightStorage.MAPPED, 1, null));
        assertTrue(e.getMessage().startsWith("smollm2-135m: no layer's weights can be multiplied as they are mapped"),
                e.getMessage());
        assertThrows(IllegalStateException.class, () -> checkpoint.tokenEmbedding().data().get(
                ValueLayout.JAVA_BYTE, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"awq-8", "awq-4-act-order", "gptq-4-g100", "gptq", "q9", "gptq-4-act-order-g32"})
    void whatIsNotKnownIsRefused(String name) {
        QuernException e = assertThrows(QuernException.class, () -> RandomCheckpoint.of(SHAPE, 1, name, true));
        assertTrue(e.getMessage().startsWith("weights \"" + name + "\" are not known; expected one of q4_0, "));
    }
}
