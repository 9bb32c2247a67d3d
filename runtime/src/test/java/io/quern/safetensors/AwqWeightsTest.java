package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.kernels.GroupWeights;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AwqWeightsTest {
    private static final int[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    private static ModuleRule rule(int groupSize) {
        return new ModuleRule(null, 4, groupSize);
    }

    /** Eight outputs to a word, in AWQ's order. */
    private static int[] packOutputs(int[] outputs) {
        int[] shuffled = new int[outputs.length];
        for (int i = 0; i < outputs.length; i++) {
            shuffled[i] = outputs[i / 8 * 8 + ORDER[i % 8]];
        }
        return RandomModule.pack(shuffled, 4);
    }

    private static int[][] transposed(int[][] matrix) {
        int[][] result = new int[matrix[0].length][matrix.length];
        for (int r = 0; r < matrix.length; r++) {
            for (int c = 0; c < matrix[r].length; c++) {
                result[c][r] = matrix[r][c];
            }
        }
        return result;
    }

    private static int[] concat(int[][] rows) {
        return Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
    }

    static TensorBuilder gemm(RandomModule module) {
        int[][] words = Arrays.stream(transposed(module.codes)).map(AwqWeightsTest::packOutputs).toArray(int[][]::new);
        int[][] zeroWords = Arrays.stream(module.zeros).map(AwqWeightsTest::packOutputs).toArray(int[][]::new);
        return new TensorBuilder()
                .ints("m.qweight", concat(words), module.columns, module.rows / 8)
                .ints("m.qzeros", concat(zeroWords), module.groups, module.rows / 8)
                .floats("m.scales", Dtype.F16, module.scales, module.groups, module.rows);
    }

    @ParameterizedTest
    @CsvSource({"96, 160, 32, 32", "40, 160, 64, 64", "40, 100, 100, -1", "64, 128, 128, 128"})
    void gemmLayout(int rows, int columns, int groupSize, int configured) {
        RandomModule module = new RandomModule(rows, columns, 4, groupSize, rows + columns);
        module.assertEqual(AwqGemmWeights.read(gemm(module).tensors(), "m", rows, columns, rule(configured)));
    }

    @Test
    void gemmWithoutZeroPoints() {
        RandomModule module = new RandomModule(64, 64, 4, 32, 1);
        for (int[] zeros : module.zeros) {
            Arrays.fill(zeros, 8);
        }
        module.assertEqual(
                AwqGemmWeights.read(gemm(module).remove("m.qzeros").tensors(), "m", 64, 64, rule(32)));
    }

    @Test
    void theExampleOfTheSpecification() {
        assertEquals(0x86427531, packOutputs(new int[] {1, 2, 3, 4, 5, 6, 7, 8})[0]);
    }

    static TensorBuilder gemv(RandomModule module) {
        int multiple = module.groupSize >= 128 ? 1 : module.groupSize >= 64 ? 2 : 4;
        int words = ((module.groups + 7) / 8 + multiple - 1) / multiple * multiple;
        int[][] zeros = new int[module.rows][8 * words];
        float[] scales = new float[module.rows * 8 * words];
        for (int n = 0; n < module.rows; n++) {
            for (int g = 0; g < module.groups; g++) {
                zeros[n][g] = module.zeros[g][n];
                scales[n * 8 * words + g] = module.scales[g * module.rows + n];
            }
        }
        return new TensorBuilder()
                .ints("m.qweight", RandomModule.packRows(module.codes, 4), module.rows, module.columns / 8)
                .ints("m.qzeros", RandomModule.packRows(zeros, 4), module.rows, words)
                .floats("m.scales", Dtype.F16, scales, module.rows, 8L * words);
    }

    @ParameterizedTest
    @CsvSource({"40, 160, 32, 32", "40, 1408, 64, 64", "33, 1280, 128, 128", "40, 96, 96, -1"})
    void gemvLayout(int rows, int columns, int groupSize, int configured) {
        RandomModule module = new RandomModule(rows, columns, 4, groupSize, rows + columns);
        module.assertEqual(AwqGemvWeights.read(gemv(module).tensors(), "m", rows, columns, rule(configured)));
    }

    /** The steps of AWQ's packer one after another, each as the transposition that it is. */
    private static short[] packFast(int[][] codes) {
        int rows = codes.length;
        int columns = codes[0].length;
        int[] flat = new int[rows * columns];
        for (int n = 0; n < rows; n++) {
            for (int k = 0; k < columns; k++) {
                // 32 inputs as (4, 4, 2), the first two dimensions swapped ...
                int a = k % 32 / 8;
                int b = k % 8 / 2;
                int e = k % 2;
                int p = (b * 4 + a) * 2 + e;
                // ... then each eight as (4, 2), swapped.
                int q = p / 8 * 8 + p % 2 * 4 + p % 8 / 2;
                int column = k / 32 * 32 + q;
                // (rows / 4, 4, columns / 64, 64), the middle two swapped.
                flat[((n / 4 * (columns / 64) + column / 64) * 4 + n % 4) * 64 + column % 64] = codes[n][k];
            }
        }
        short[] words = new short[flat.length / 4];
        for (int i = 0; i < flat.length; i++) {
            words[i / 4] |= (short) (flat[i] << 4 * (i % 4));
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(strings = {"qzeros", "scaled_zeros"})
    void fastLayout(String zerosName) {
        RandomModule module = new RandomModule(40, 192, 4, 64, 9);
        for (int g = 0; g < module.groups; g++) {
            for (int n = 0; n < 40; n++) {
                module.zeros[g][n] = n % 16;
                module.scales[g * 40 + n] = (1 + n) / 64f;
            }
        }
        GroupWeights weights = AwqFastWeights.read(fast(module, zerosName).tensors(), "m", 40, 192, rule(64));
        assertTrue(weights.zerosAreOffsets());
        module.assertEqual(weights);
    }

    static TensorBuilder fast(RandomModule module, String zerosName) {
        int stored = 8 * AwqGemvWeights.zeroWords(module.groups, module.groupSize);
        float[] scales = Arrays.copyOf(module.scales, stored * module.rows);
        float[] offsets = new float[scales.length];
        for (int i = 0; i < module.scales.length; i++) {
            offsets[i] = -scales[i] * module.zeros[i / module.rows][i % module.rows];
        }
        return new TensorBuilder()
                .shorts("m.qweight", packFast(module.codes), module.rows / 4, module.columns)
                .floats("m.scales", Dtype.F16, scales, stored, module.rows)
                .floats("m." + zerosName, Dtype.F16, offsets, stored, module.rows);
    }

    @Test
    void shapesAreChecked() {
        RandomModule module = new RandomModule(64, 128, 4, 32, 5);
        HubTensors tensors = gemm(module).tensors();
        assertRefused(() -> AwqGemmWeights.read(tensors, "m", 64, 96, rule(32)), "'m.qweight' is I32 [128, 8]");
        assertRefused(() -> AwqGemmWeights.read(tensors, "m", 60, 128, rule(32)), "multiple of 8");
        assertRefused(
                () -> AwqGemvWeights.read(gemv(module).tensors(), "m", 64, 128, rule(0)), "names no group_size");
        assertRefused(
                () -> AwqGemvWeights.read(gemv(module).tensors(), "m", 64, 128, rule(64)), "'m.qzeros' is I32 [64, 4]");
    }

    private static void assertRefused(Executable action, String reason) {
        QuernException e = assertThrows(QuernException.class, action);
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }
}
