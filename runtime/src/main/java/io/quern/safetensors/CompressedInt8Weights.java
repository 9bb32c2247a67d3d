package io.quern.safetensors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The int-quantized layout of compressed-tensors (formats.md D.3): {@code weight I8 [rows, columns]}, and zero
 * points, if any, as I8 beside the scales. 128 is added to both, since codes are unsigned here.
 */
final class CompressedInt8Weights extends GroupedModule {
    private static final int SIGN = 0x80;
    private static final long SIGNS = 0x8080_8080_8080_8080L;

    private final MemorySegment weight;
    private final SafetensorsEntry zeros;

    private CompressedInt8Weights(
            int rows, int columns, Grouping grouping, ScaleTable scales, MemorySegment weight, SafetensorsEntry zeros) {
        super("compressed-tensors int8", rows, columns, 8, grouping, scales);
        this.weight = weight;
        this.zeros = zeros;
    }

    /** The module of that name. */
    static CompressedInt8Weights read(HubTensors tensors, String module, int rows, int columns, ModuleRule rule) {
        SafetensorsEntry weight = tensors.require(module + ".weight", Dtype.I8, rows, columns);
        SafetensorsEntry scales = tensors.require(module + ".weight_scale");
        ScaleTable table = CompressedScales.read(tensors, scales, rows, columns);
        int groups = CompressedScales.groups(scales, rows);
        SafetensorsEntry zeros = tensors.find(module + ".weight_zero_point");
        boolean sameShape = zeros == null || zeros.elementCount() == scales.elementCount();
        if (!sameShape || zeros != null && zeros.dtype() != Dtype.I8) {
            throw tensors.unexpected(zeros, "I8 of the shape of " + scales.name());
        }
        Grouping grouping =
                Grouping.of(columns, groups, rule.groupSize()).requireSize(tensors, module, columns);
        return new CompressedInt8Weights(rows, columns, grouping, table, weight.data(), zeros);
    }

    @Override
    void readOctets(int firstRow, int rowCount, int firstOctet, int octetCount, long[] target, int stride) {
        int firstColumn = 8 * firstOctet;
        int count = Math.min(8 * octetCount, columns() - firstColumn);
        byte[] row = new byte[8 * octetCount];
        for (int n = 0; n < rowCount; n++) {
            long at = (long) (firstRow + n) * columns() + firstColumn;
            MemorySegment.copy(weight, ValueLayout.JAVA_BYTE, at, row, 0, count);
            for (int o = 0; o < octetCount; o++) {
                target[o * stride + n] = Octets.load(row, 8 * o) ^ SIGNS;
            }
        }
    }

    @Override
    void readZeros(int group, int firstRow, int rowCount, float[] target) {
        for (int n = 0; n < rowCount; n++) {
            long at = zeros == null || zeros.elementCount() == 1 ? 0 : (long) (firstRow + n) * groupCount() + group;
            target[n] = SIGN + (zeros == null ? 0 : zeros.data().get(ValueLayout.JAVA_BYTE, at));
        }
    }
}
