package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GptqWeightsTest {
    private static final int ROWS = 96;

    static TensorBuilder builder(RandomModule module, boolean zerosLessOne) {
        int[][] stored = new int[module.groups][];
        for (int g = 0; g < stored.length; g++) {
            stored[g] = zerosLessOne ? lessOne(module.zeros[g], module.bits)
                    : RandomModule.pack(module.zeros[g], module.bits);
        }
        int words = stored[0].length;
        int[] qzeros = new int[module.groups * words];
        for (int g = 0; g < stored.length; g++) {
            System.arraycopy(stored[g], 0, qzeros, g * words, words);
        }
        return new TensorBuilder()
                .ints("m.qweight", RandomModule.packTransposed(module.codes, module.bits),
                        module.columns * module.bits / 32, module.rows)
                .ints("m.qzeros", qzeros, module.groups, words)
                .floats("m.scales", Dtype.F16, module.scales, module.groups, module.rows);
    }

    /** Version 1: one subtraction a word with its borrows, but field by field for three bits. */
    private static int[] lessOne(int[] zeros, int bits) {
        if (bits == 3) {
            int[] less = zeros.clone();
            for (int i = 0; i < less.length; i++) {
                less[i] = zeros[i] - 1 & 7;
            }
            return RandomModule.pack(less, bits);
        }
        int[] ones = new int[zeros.length];
        Arrays.fill(ones, 1);
        int[] words = RandomModule.pack(zeros, bits);
        int[] wordsOfOnes = RandomModule.pack(ones, bits);
        for (int i = 0; i < words.length; i++) {
            words[i] -= wordsOfOnes[i];
        }
        return words;
    }

    private static GptqWeights read(RandomModule module, TensorBuilder builder, boolean zerosLessOne, int groupSize) {
        return GptqWeights.read(builder.tensors(), "m", module.rows, module.columns, zerosLessOne,
                new ModuleRule(null, 0, groupSize));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 32, 32", "3, 32, 32", "4, 32, 32", "8, 32, 32", "4, 160, -1", "3, 160, -1", "4, 64, 64", "2, 128, 128",
        "8, 64, 64"
    })
    void bitsAndGroups(int bits, int groupSize, int configured) {
        // 160 inputs are no multiple of 64 or 128: the last group is short.
        for (boolean zerosLessOne : new boolean[] {true, false}) {
            RandomModule module = new RandomModule(ROWS, 160, bits, groupSize, 100 * bits + groupSize);
            module.zeros[0][5] = 0;
            GptqWeights weights = read(module, builder(module, zerosLessOne), zerosLessOne, configured);
            module.assertEqual(weights);
            assertNull(weights.groupIndex());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void zeroPointsThatWrappedAround(int bits) {
        RandomModule module = new RandomModule(ROWS, 64, bits, 32, bits);
        for (int[] zeros : module.zeros) {
            for (int n = 0; n < ROWS; n++) {
                zeros[n] = Math.max(zeros[n], 1);
            }
        }
        assertFalse(read(module, builder(module, true), true, 32).hasWrappedZeros());
        module.zeros[1][ROWS - 1] = 0;
        assertTrue(read(module, builder(module, true), true, 32).hasWrappedZeros());
        module.zeros[1][ROWS - 1] = (1 << bits) - 1;
        assertFalse(read(module, builder(module, false), false, 32).hasWrappedZeros());
    }

    @Test
    void groupSizeFollowsFromTheTensorsIfTheConfigurationIsWrong() {
        RandomModule module = new RandomModule(ROWS, 128, 4, 32, 1);
        module.assertEqual(read(module, builder(module, false), false, 64));
        module.assertEqual(read(module, builder(module, false), false, 0));
        RandomModule odd = new RandomModule(ROWS, 160, 4, 64, 1);
        QuernException e = assertThrows(QuernException.class, () -> read(odd, builder(odd, false), false, 0));
        assertTrue(e.getMessage().contains("no configured group size"), e.getMessage());
    }

    @Test
    void actOrder() {
        RandomModule module = new RandomModule(ROWS, 128, 4, 32, 2);
        int[] index = new int[128];
        for (int k = 0; k < 128; k++) {
            index[k] = k * 37 % 128 / 32;
        }
        GptqWeights weights = read(module, builder(module, true).ints("m.g_idx", index, 128), true, 32);
        assertArrayEquals(index, weights.groupIndex());
        module.assertEqual(weights);
        assertEquals("GPTQ v1 4-bit, groups of 32, act-order", weights.toString());
    }

    @Test
    void anIndexThatSaysNothingIsDropped() {
        RandomModule module = new RandomModule(ROWS, 160, 4, 64, 3);
        int[] plain = new int[160];
        for (int k = 0; k < 160; k++) {
            plain[k] = k / 64;
        }
        // It even tells the group size where the configuration does not.
        module.assertEqual(read(module, builder(module, true).ints("m.g_idx", plain, 160), true, 0));
        GptqWeights zeros = read(module, builder(module, true).ints("m.g_idx", new int[160], 160), true, 64);
        assertNull(zeros.groupIndex());
        module.assertEqual(zeros);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 4, Integer.MIN_VALUE})
    void anIndexOutOfRangeIsRefused(int group) {
        RandomModule module = new RandomModule(ROWS, 128, 4, 32, 4);
        int[] index = new int[128];
        index[77] = group;
        QuernException e = assertThrows(
                QuernException.class,
                () -> read(module, builder(module, true).ints("m.g_idx", index, 128), true, 32));
        assertTrue(e.getMessage().contains("puts input 77 into group " + group), e.getMessage());
    }

    @Test
    void examplesOfTheSpecification() {
        assertArrayEquals(new int[] {0x87654321}, RandomModule.pack(new int[] {1, 2, 3, 4, 5, 6, 7, 8}, 4));
        int[] eights = new int[32];
        for (int i = 0; i < 32; i++) {
            eights[i] = i % 8;
        }
        assertArrayEquals(new int[] {0x88FAC688, 0xC688FAC6, 0xFAC688FA}, RandomModule.pack(eights, 3));
        assertArrayEquals(new int[] {0x77776F77}, lessOne(new int[] {8, 8, 0, 8, 8, 8, 8, 8}, 4));
    }

    @Test
    void shapesAreChecked() {
        RandomModule module = new RandomModule(ROWS, 128, 4, 32, 5);
        assertRefused(module, builder(module, true).remove("m.qzeros"), "'m.qzeros' is missing");
        assertRefused(module, builder(module, true).remove("m.scales"), "'m.scales' is missing");
        assertRefused(
                module, builder(module, true).ints("m.qzeros", new int[4 * 13], 4, 13),
                "I32 [4, 13], expected I32 [4, 12]");
        assertRefused(
                module,
                builder(module, true).ints("m.qweight", new int[20 * ROWS], 20, ROWS),
                "with 2, 3, 4 or 8 bits");
        assertRefused(
                module,
                builder(module, true).floats("m.scales", Dtype.F16, new float[4 * 64], 4, 64),
                "expected F16, BF16 or F32 [groups, 96]");
        RandomModule narrow = new RandomModule(40, 128, 4, 32, 5);
        assertRefused(narrow, builder(narrow, true), "multiples of 32");
    }

    private static void assertRefused(RandomModule module, TensorBuilder builder, String reason) {
        QuernException e = assertThrows(QuernException.class, () -> read(module, builder, true, 32));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void rangesAreChecked() {
        RandomModule module = new RandomModule(ROWS, 128, 4, 32, 6);
        GptqWeights weights = read(module, builder(module, true), true, 32);
        byte[] codes = new byte[64];
        weights.codes(ROWS, 0, 128, 0, codes);
        assertThrows(IndexOutOfBoundsException.class, () -> weights.codes(ROWS - 1, 2, 0, 1, codes));
        assertThrows(IndexOutOfBoundsException.class, () -> weights.codes(0, 1, 127, 2, codes));
        assertThrows(IndexOutOfBoundsException.class, () -> weights.codes(0, 65, 0, 1, codes));
        assertThrows(IndexOutOfBoundsException.class, () -> weights.scales(4, 0, 1, new float[1]));
        assertThrows(IndexOutOfBoundsException.class, () -> weights.zeros(0, 95, 2, new float[2]));
        assertThrows(IndexOutOfBoundsException.class, () -> weights.zeros(0, 0, 2, new float[1]));
    }

    @Test
    void scalesOfAllTypes() {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.BF16}) {
            RandomModule module = new RandomModule(ROWS, 128, 4, 32, 7);
            Random random = new Random(8);
            for (int i = 0; i < module.scales.length; i++) {
                module.scales[i] = (1 + random.nextInt(100)) / 128f;
            }
            TensorBuilder builder = builder(module, true).floats("m.scales", dtype, module.scales, module.groups, ROWS);
            GptqWeights weights = read(module, builder, true, 32);
            module.assertEqual(weights);
            assertEquals(dtype.type(), weights.scaleType());
        }
    }
}
