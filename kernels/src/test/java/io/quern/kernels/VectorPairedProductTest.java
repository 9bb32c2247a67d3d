package io.quern.kernels;

import static io.quern.kernels.CpuConstants.CHUNK_COLUMNS;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program takes one of the two kernels, by the machine; here both run at every width. */
class VectorPairedProductTest {
    private static final int TOKENS = VectorIntegerTiles.TOKENS;

    private final Random random = OpsRandom.create();

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void bothKernelsGiveTheScalarSums(int blockInputs) {
        int blocks = CHUNK_COLUMNS / blockInputs;
        MatrixScratch memory = new MatrixScratch();
        MatrixScratch plain = new MatrixScratch();
        for (int i = 0; i < CHUNK_COLUMNS * TILE_ROWS; i++) {
            memory.codes.setAtIndex(JAVA_SHORT, i, (short) (random.nextInt(64) - 32));
        }
        MemorySegment inputs = Arena.ofAuto().allocate((CHUNK_COLUMNS + VectorIntegerTiles.SLACK) * TOKENS * 2L, 64);
        for (int i = 0; i < CHUNK_COLUMNS * TOKENS; i++) {
            inputs.setAtIndex(JAVA_SHORT, i, (short) random.nextInt());
        }
        MemorySegment starts = Arena.ofAuto().allocate(VectorIntegerTiles.MOST_BLOCKS * TOKENS * 2L, 64);
        for (int k = 0; k < CHUNK_COLUMNS; k += 2) {
            for (int lane = 0; lane < TILE_ROWS; lane++) {
                subtractProduct(memory.codes, k * TILE_ROWS + lane, TILE_ROWS, memory.rowStarts,
                        k / 16 * TILE_ROWS + lane);
            }
            for (int token = 0; token < TOKENS; token++) {
                subtractProduct(inputs, k * TOKENS + token, TOKENS, starts, k / blockInputs * TOKENS + token);
            }
        }
        VectorPairedProduct.multiply(memory.codes, inputs, 0, memory.rowStarts, starts, 0, blocks, blockInputs,
                memory.blockSums);
        VectorPlainProduct.multiply(memory.codes, inputs, 0, blocks, blockInputs, plain.blockSums);
        for (int i = 0; i < blocks * TOKENS * TILE_ROWS; i++) {
            int expected = 0;
            for (int k = i / (TOKENS * TILE_ROWS) * blockInputs, end = k + blockInputs; k < end; k++) {
                expected += memory.codes.getAtIndex(JAVA_SHORT, k * TILE_ROWS + i % TILE_ROWS)
                        * inputs.getAtIndex(JAVA_SHORT, k * TOKENS + i / TILE_ROWS % TOKENS);
            }
            assertEquals((short) expected, memory.blockSums.getAtIndex(JAVA_SHORT, i), "paired, sum " + i);
            assertEquals((short) expected, plain.blockSums.getAtIndex(JAVA_SHORT, i), "plain, sum " + i);
        }
    }

    /** Takes the product of a value and the next input's, a stride behind it, off a start. */
    private static void subtractProduct(MemorySegment values, int at, int stride, MemorySegment starts, int start) {
        int product = values.getAtIndex(JAVA_SHORT, at) * values.getAtIndex(JAVA_SHORT, at + stride);
        starts.setAtIndex(JAVA_SHORT, start, (short) (starts.getAtIndex(JAVA_SHORT, start) - product));
    }
}
