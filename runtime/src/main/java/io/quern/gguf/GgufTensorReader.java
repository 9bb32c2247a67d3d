package io.quern.gguf;

import io.quern.gguf.GgufHeader.TensorInfo;
import io.quern.kernels.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the list of tensors that follows the metadata, and checks that the data is laid out as the list says. */
final class GgufTensorReader {
    private static final int MAX_NAME_BYTES = 63;
    private static final int MAX_DIMENSIONS = 4;

    private GgufTensorReader() {}

    static GgufHeader read(
            GgufCursor in, int version, Map<String, Object> metadata, long count, long alignment, long fileSize) {
        List<TensorInfo> tensors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        long end = 0;
        for (long i = 0; i < count; i++) {
            TensorInfo tensor = readTensor(in, i);
            if (!names.add(tensor.name())) {
                throw in.fail(describe(tensor.name()) + " appears twice");
            }
            if (tensor.offset() != end) {
                throw in.fail(describe(tensor.name()) + " has offset " + Long.toUnsignedString(tensor.offset())
                        + ", expected " + end);
            }
            try {
                end = pad(Math.addExact(end, tensor.byteSize()), alignment);
            } catch (ArithmeticException e) {
                throw in.fail(describe(tensor.name()) + " ends beyond 2^63 bytes");
            }
            tensors.add(tensor);
        }
        long dataOffset = pad(in.position(), alignment);
        if (dataOffset > fileSize && !tensors.isEmpty()) { // a file of a vocabulary alone may lack the padding
            throw in.fail("the data should start at byte " + dataOffset + ", but the file has " + fileSize + " bytes");
        }
        long dataLimit;
        try {
            dataLimit = Math.addExact(dataOffset, end);
        } catch (ArithmeticException e) {
            throw in.fail("the data ends beyond 2^63 bytes");
        }
        return new GgufHeader(version, metadata, tensors, dataOffset, dataLimit);
    }

    private static TensorInfo readTensor(GgufCursor in, long index) {
        String what = "tensor " + index;
        long nameStart = in.position();
        String name = in.string(what + " name");
        long nameBytes = in.position() - nameStart - Long.BYTES;
        if (nameBytes > MAX_NAME_BYTES) {
            throw in.fail(what + " has a name of " + nameBytes + " bytes, at most " + MAX_NAME_BYTES);
        }
        what = describe(name);
        int dimensions = in.i32(what);
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw in.fail(what + " has " + Integer.toUnsignedString(dimensions) + " dimensions, at most "
                    + MAX_DIMENSIONS);
        }
        long[] shape = new long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            long extent = in.i64(what);
            if (extent < 0) {
                throw in.fail(what + ": dimension " + i + " is " + extent);
            }
            // The file lists the contiguous dimension first.
            shape[dimensions - 1 - i] = extent;
        }
        TensorType type;
        try {
            type = TensorType.ofId(in.i32(what));
        } catch (IllegalArgumentException e) {
            throw in.fail(what + ": " + e.getMessage());
        }
        long byteSize = byteSize(in, what, type, shape);
        return new TensorInfo(name, type, shape, in.i64(what), byteSize);
    }

    private static long byteSize(GgufCursor in, String what, TensorType type, long[] shape) {
        long rowLength = shape.length == 0 ? 1 : shape[shape.length - 1];
        if (rowLength % type.elementsPerBlock() != 0) {
            throw in.fail(what + " of type " + type + " has " + rowLength
                    + " elements a row, not a multiple of its block size "
                    + type.elementsPerBlock());
        }
        try {
            // In the file's order, so that {2^31, 2^31, 4} and {2^62, 2^62, 0} overflow and do not wrap to zero.
            long count = 1;
            for (int i = shape.length - 1; i >= 0; i--) {
                count = Math.multiplyExact(count, shape[i]);
            }
            return type.byteSize(count);
        } catch (ArithmeticException e) {
            throw in.fail(what + ": more than 2^63 elements or bytes");
        }
    }

    private static long pad(long size, long alignment) {
        return Math.addExact(size, alignment - 1) & -alignment;
    }

    private static String describe(String name) {
        return "tensor '" + name + "'";
    }
}
