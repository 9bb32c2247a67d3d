package io.quern.safetensors;

import io.quern.kernels.AwqWords;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * AWQ's gemm layout (formats.md D.2): {@code qweight [columns, rows / 8]} and {@code qzeros [groups, rows / 8]} pack eight
 * outputs into a word of nibbles in the order 0, 2, 4, 6, 1, 3, 5, 7. Zero points are as they are.
 */
public final class AwqGemmWeights extends GroupedModule implements AwqWords {
    /** The zero point where none is stored. */
    private static final int MIDDLE = 8;

    private static final VarHandle BYTES_AS_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment qweight;
    private final MemorySegment qzeros;
    private final SafetensorsEntry scales;

    private AwqGemmWeights(
            int rows, int columns, Grouping grouping, SafetensorsEntry scales, MemorySegment qweight,
            MemorySegment qzeros) {
        super("AWQ gemm", rows, columns, 4, grouping, ScaleTable.ofGroups(scales, rows));
        this.qweight = qweight;
        this.qzeros = qzeros;
        this.scales = scales;
    }

    /** The module of that name. */
    static AwqGemmWeights read(HubTensors tensors, String module, int rows, int columns, ModuleRule rule) {
        if (rows % 8 != 0) {
            throw tensors.fail("module '" + module + "' has " + rows + " outputs, expected a multiple of 8");
        }
        SafetensorsEntry qweight = tensors.require(module + ".qweight", Dtype.I32, columns, rows / 8);
        SafetensorsEntry scales = tensors.require(module + ".scales");
        if (!HubTensors.isFloat(scales) || scales.shape().length != 2 || scales.extent(1) != rows
                || scales.extent(0) < 1 || scales.extent(0) > columns) {
            throw tensors.unexpected(scales, "F16, BF16 or F32 [groups, " + rows + "]");
        }
        int groups = (int) scales.extent(0);
        MemorySegment qzeros = null;
        if (tensors.has(module + ".qzeros")) {
            qzeros = tensors.require(module + ".qzeros", Dtype.I32, groups, rows / 8).data();
        }
        Grouping grouping =
                Grouping.of(columns, groups, rule.groupSize()).requireSize(tensors, module, columns);
        return new AwqGemmWeights(rows, columns, grouping, scales, qweight.data(), qzeros);
    }

    @Override
    public MemorySegment qweight() {
        return qweight;
    }

    @Override
    public MemorySegment qzeros() {
        return qzeros;
    }

    @Override
    public MemorySegment scaleData() {
        return scales.data();
    }

    @Override
    void readCodes(int firstRow, int rowCount, int firstColumn, int columnCount, byte[] target) {
        int firstWord = firstRow / 8;
        int[] words = new int[(firstRow + rowCount + 7) / 8 - firstWord];
        // Whole words go eight codes at a time, straight into the target; odd ends through a copy.
        boolean whole = firstRow % 8 == 0 && rowCount % 8 == 0;
        byte[] codes = whole ? target : new byte[8 * words.length];
        for (int k = 0; k < columnCount; k++) {
            Words.copy(qweight, (long) (firstColumn + k) * (rows() / 8) + firstWord, words, words.length);
            int at = whole ? k * rowCount : 0;
            for (int i = 0; i < words.length; i++) {
                BYTES_AS_LONG.set(codes, at + 8 * i, inOrder(words[i]));
            }
            if (!whole) {
                System.arraycopy(codes, firstRow % 8, target, k * rowCount, rowCount);
            }
        }
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            int row = firstRow + n;
            if (qzeros == null) {
                target[n] = MIDDLE;
            } else {
                int word = qzeros.get(Words.I32, 4 * ((long) group * (rows() / 8) + row / 8));
                target[n] = inOrder(word) >>> 8 * (row % 8) & 15;
            }
        }
    }

    /** The eight nibbles of a word as bytes, first output lowest. */
    private static long inOrder(int word) {
        return spread(word & 0xFFFF) | spread(word >>> 16) << 8;
    }

    /** Four nibbles to every other byte. */
    private static long spread(long nibbles) {
        long bytes = (nibbles | nibbles << 24) & 0x0000_00FF_0000_00FFL;
        return (bytes | bytes << 12) & 0x000F_000F_000F_000FL;
    }
}
