package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.kernels.GroupWeights;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedWeightsTest {
    private static final int ROWS = 45;

    private static ModuleRule rule(int bits, int groupSize) {
        return new ModuleRule(null, bits, groupSize);
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

    /** Old releases: as many whole fields as fit into a word. */
    private static int[] packLoosely(int[] fields, int bits) {
        int each = 32 / bits;
        int[] words = new int[(fields.length + each - 1) / each];
        for (int i = 0; i < fields.length; i++) {
            words[i / each] |= fields[i] << bits * (i % each);
        }
        return words;
    }

    private static int[] pack(int[] fields, int bits, boolean loose) {
        return loose ? packLoosely(fields, bits) : RandomModule.pack(fields, bits);
    }

    static TensorBuilder builder(RandomModule module, boolean loose) {
        int[][] packed =
                Arrays.stream(module.codes).map(row -> pack(row, module.bits, loose)).toArray(int[][]::new);
        int[][] zeros =
                Arrays.stream(module.zeros).map(group -> pack(group, module.bits, loose)).toArray(int[][]::new);
        int[] zeroPoints = Arrays.stream(transposed(zeros)).flatMapToInt(Arrays::stream).toArray();
        return new TensorBuilder()
                .ints("m.weight_packed", Arrays.stream(packed).flatMapToInt(Arrays::stream).toArray(),
                        module.rows, packed[0].length)
                .floats("m.weight_scale", Dtype.F16, module.scalesByRow(), module.rows, module.groups)
                .ints("m.weight_zero_point", zeroPoints, zeros[0].length, module.groups)
                .ints("m.weight_shape", new int[] {module.rows, module.columns}, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "2, false", "3, false", "3, true", "4, false", "5, false", "5, true", "6, false", "6, true", "7, false",
        "7, true",
        "8, false"
    })
    void allBitsInBothPackings(int bits, boolean loose) {
        RandomModule module = new RandomModule(ROWS, 160, bits, 32, bits);
        HubTensors tensors = builder(module, loose).tensors();
        module.assertEqual(CompressedPackedWeights.read(tensors, "m", ROWS, 160, rule(bits, 32)));
    }

    /** 50 inputs of six bits are ten words in both packings, 90 outputs are 17 or 18. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void zeroPointsTellThePackingWhereCodesDoNot(boolean loose) {
        RandomModule module = new RandomModule(90, 50, 6, 25, 9);
        HubTensors tensors = builder(module, loose).tensors();
        module.assertEqual(CompressedPackedWeights.read(tensors, "m", 90, 50, rule(6, 25)));
    }

    @Test
    void groupsThatDoNotDivideTheInputs() {
        RandomModule module = new RandomModule(ROWS, 160, 4, 64, 1);
        HubTensors tensors = builder(module, false).tensors();
        module.assertEqual(CompressedPackedWeights.read(tensors, "m", ROWS, 160, rule(4, 64)));
    }

    @Test
    void symmetricChannels() {
        RandomModule module = new RandomModule(ROWS, 64, 8, 64, 2);
        Arrays.fill(module.zeros[0], 128);
        TensorBuilder builder = builder(module, false).remove("m.weight_zero_point").remove("m.weight_shape");
        module.assertEqual(CompressedPackedWeights.read(builder.tensors(), "m", ROWS, 64, rule(8, -1)));
        builder.floats("m.weight_scale", Dtype.F16, module.scales, ROWS);
        module.assertEqual(CompressedPackedWeights.read(builder.tensors(), "m", ROWS, 64, rule(8, -1)));
    }

    @Test
    void zeroPointsThatAreNotPacked() {
        RandomModule module = new RandomModule(ROWS, 64, 4, 32, 3);
        byte[] zeros = new byte[ROWS * 2];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) (module.zeros[i % 2][i / 2] - 8);
        }
        TensorBuilder builder = builder(module, false).add("m.weight_zero_point", Dtype.I8, zeros, ROWS, 2);
        module.assertEqual(CompressedPackedWeights.read(builder.tensors(), "m", ROWS, 64, rule(4, 32)));
    }

    @Test
    void oneScaleAndZeroPointForAll() {
        RandomModule module = new RandomModule(ROWS, 64, 4, 64, 3);
        Arrays.fill(module.zeros[0], 5);
        Arrays.fill(module.scales, 0.25f);
        TensorBuilder builder = builder(module, false)
                .floats("m.weight_scale", Dtype.BF16, new float[] {0.25f}, 1)
                .add("m.weight_zero_point", Dtype.I8, new byte[] {5 - 8}, 1);
        module.assertEqual(CompressedPackedWeights.read(builder.tensors(), "m", ROWS, 64, rule(4, -1)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void actOrderUnlessUninitialised(boolean initialised) {
        RandomModule module = new RandomModule(ROWS, 64, 4, 32, 4);
        int[] index = new int[64];
        for (int k = 0; k < 64; k++) {
            index[k] = k % 2;
        }
        if (!initialised) {
            Arrays.fill(index, -1);
        }
        GroupWeights weights = CompressedPackedWeights.read(
                builder(module, false).ints("m.weight_g_idx", index, 64).tensors(), "m", ROWS, 64, rule(4, 32));
        assertArrayEquals(initialised ? index : null, weights.groupIndex());
        module.assertEqual(weights);
    }

    static TensorBuilder int8(RandomModule module) {
        byte[] weight = new byte[module.rows * module.columns];
        byte[] zeros = new byte[module.rows * module.groups];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (byte) (module.codes[i / module.columns][i % module.columns] - 128);
        }
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) (module.zeros[i % module.groups][i / module.groups] - 128);
        }
        return new TensorBuilder()
                .add("m.weight", Dtype.I8, weight, module.rows, module.columns)
                .floats("m.weight_scale", Dtype.F16, module.scalesByRow(), module.rows, module.groups)
                .add("m.weight_zero_point", Dtype.I8, zeros, module.rows, module.groups);
    }

    @Test
    void int8() {
        RandomModule module = new RandomModule(ROWS, 61, 8, 61, 5);
        module.assertEqual(CompressedInt8Weights.read(int8(module).tensors(), "m", ROWS, 61, rule(8, -1)));
        RandomModule grouped = new RandomModule(ROWS, 64, 8, 32, 5);
        grouped.assertEqual(CompressedInt8Weights.read(int8(grouped).tensors(), "m", ROWS, 64, rule(8, 32)));
    }

    @Test
    void int8WithOneScaleForAll() {
        RandomModule module = new RandomModule(ROWS, 61, 8, 61, 6);
        Arrays.fill(module.zeros[0], 128);
        Arrays.fill(module.scales, 0.25f);
        TensorBuilder builder = int8(module)
                .remove("m.weight_zero_point")
                .floats("m.weight_scale", Dtype.BF16, new float[] {0.25f}, 1);
        module.assertEqual(CompressedInt8Weights.read(builder.tensors(), "m", ROWS, 61, rule(8, -1)));
    }

    @Test
    void bitsFollowFromTheTensorsOnlyIfNothingElseFits() {
        RandomModule module = new RandomModule(ROWS, 160, 4, 32, 7);
        HubTensors tensors = builder(module, false).tensors();
        assertEquals(4, CompressedPackedWeights.read(tensors, "m", ROWS, 160, rule(0, 32)).bits());
        QuernException e = assertThrows(
                QuernException.class, () -> CompressedPackedWeights.read(tensors, "m", ROWS, 160, rule(8, 32)));
        assertTrue(e.getMessage().contains("words for 160 inputs of 8 bits"), e.getMessage());
    }

    @Test
    void shapesAreChecked() {
        RandomModule module = new RandomModule(ROWS, 64, 4, 32, 8);
        TensorBuilder wrongShape = builder(module, false).ints("m.weight_shape", new int[] {ROWS, 60}, 2);
        QuernException e = assertThrows(
                QuernException.class,
                () -> CompressedPackedWeights.read(wrongShape.tensors(), "m", ROWS, 64, rule(4, 32)));
        assertTrue(e.getMessage().contains("says [45, 60], expected [45, 64]"), e.getMessage());
        TensorBuilder wrongZeros = builder(module, false).ints("m.weight_zero_point", new int[10], 5, 2);
        e = assertThrows(
                QuernException.class,
                () -> CompressedPackedWeights.read(wrongZeros.tensors(), "m", ROWS, 64, rule(4, 32)));
        assertTrue(e.getMessage().contains("expected I32 [6, 2]"), e.getMessage());
    }
}
