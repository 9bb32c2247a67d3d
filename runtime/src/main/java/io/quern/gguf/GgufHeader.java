package io.quern.gguf;

import io.quern.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of one GGUF file, version 2 or 3 (formats.md E.1, E.2).
 *
 * @param metadata values by key in the file's order, see {@link GgufValueType}
 * @param dataOffset where in the file the tensors' data starts
 * @param dataLimit where in the file the data ends, the padding of the last tensor included
 */
record GgufHeader(int version, Map<String, Object> metadata, List<TensorInfo> tensors, long dataOffset,
        long dataLimit) {
    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    private static final long MAX_COUNT = 1_000_000;
    private static final String ALIGNMENT_KEY = "general.alignment";
    private static final int DEFAULT_ALIGNMENT = 32;

    /**
     * Where a tensor lies.
     *
     * @param shape outermost dimension first: the reverse of the file's order
     * @param offset bytes from the start of the data
     */
    record TensorInfo(String name, TensorType type, long[] shape, long offset, long byteSize) {}

    /**
     * Reads a header from the start of a file. Whether the file holds the tensors' data is not checked: see
     * {@link #dataLimit}.
     *
     * @param name the file, for messages
     */
    static GgufHeader read(MemorySegment file, String name) {
        GgufCursor in = new GgufCursor(file, name);
        int magic = in.i32("magic");
        if (magic != MAGIC) {
            throw in.fail("not a GGUF file: it starts with 0x%08x instead of \"GGUF\"".formatted(
                    Integer.reverseBytes(magic)));
        }
        int version = readVersion(in);
        long tensorCount = readCount(in, "tensors");
        long keyCount = readCount(in, "keys");
        Map<String, Object> metadata = new LinkedHashMap<>();
        long alignment = DEFAULT_ALIGNMENT;
        for (long i = 0; i < keyCount; i++) {
            String key = in.string("key " + i);
            if (key.isEmpty()) {
                throw in.fail("key " + i + " is empty");
            }
            Object value = key.equals(ALIGNMENT_KEY)
                    ? (alignment = readAlignment(in))
                    : GgufValueType.readValue(in, key);
            if (metadata.putIfAbsent(key, value) != null) {
                throw in.fail("key '" + key + "' appears twice");
            }
        }
        return GgufTensorReader.read(in, version, metadata, tensorCount, alignment, file.byteSize());
    }

    private static int readVersion(GgufCursor in) {
        int version = in.i32("version");
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw in.fail("version " + version + ": this is a big-endian GGUF file, expected little-endian");
        }
        if (version != 2 && version != 3) {
            throw in.fail("GGUF version " + Integer.toUnsignedString(version) + ", expected 2 or 3");
        }
        return version;
    }

    private static long readCount(GgufCursor in, String what) {
        long count = in.i64("number of " + what);
        if (count < 0 || count > MAX_COUNT) {
            throw in.fail("number of " + what + " is " + count + ", expected 0 to " + MAX_COUNT);
        }
        return count;
    }

    private static long readAlignment(GgufCursor in) {
        GgufValueType type = GgufValueType.readType(in, ALIGNMENT_KEY);
        if (type != GgufValueType.U32) {
            throw in.fail("key '" + ALIGNMENT_KEY + "' has type " + type + ", expected U32");
        }
        long alignment = Integer.toUnsignedLong(in.i32(ALIGNMENT_KEY));
        if (Long.bitCount(alignment) != 1) {
            throw in.fail("key '" + ALIGNMENT_KEY + "' is " + alignment + ", expected a power of two");
        }
        return alignment;
    }
}
