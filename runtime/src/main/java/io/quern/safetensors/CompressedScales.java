package io.quern.safetensors;

/** The {@code weight_scale} of compressed-tensors: one for each row and group, for each row, or for all. */
final class CompressedScales {
    private CompressedScales() {}

    static ScaleTable read(HubTensors tensors, SafetensorsEntry scales, int rows, int columns) {
        boolean forAll = scales.elementCount() == 1;
        boolean forRows = scales.hasShape(rows);
        boolean forGroups = scales.shape().length == 2 && scales.extent(0) == rows && scales.extent(1) >= 1
                && scales.extent(1) <= columns;
        if (!HubTensors.isFloat(scales) || !forAll && !forRows && !forGroups) {
            throw tensors.unexpected(scales, "F16, BF16 or F32 [" + rows + ", groups], [" + rows + "] or [1]");
        }
        return forAll && rows != 1 ? ScaleTable.ofAll(scales) : ScaleTable.ofRows(scales, groups(scales, rows));
    }

    /** Groups of a row. */
    static int groups(SafetensorsEntry scales, int rows) {
        return scales.shape().length == 2 && scales.extent(0) == rows ? (int) scales.extent(1) : 1;
    }
}
