package io.quern.gguf;

import io.quern.QuernException;
import io.quern.checkpoint.FileMapping;
import io.quern.checkpoint.Tensor;
import io.quern.gguf.GgufHeader.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A GGUF file, or all parts of a split one, mapped.
 *
 * @param metadata of the first part
 * @param tensors of all parts by name, in the files' order
 * @param byteSize of all parts
 */
record GgufFile(int version, Map<String, Object> metadata, Map<String, Tensor> tensors, long byteSize) {
    /**
     * Maps a file, and the other parts if it is the first part of a split one.
     *
     * @param arena the mapping's life; the caller closes it, also if this fails
     * @throws QuernException if a file cannot be read or breaks any rule of the format, or ends before its tensors do
     */
    static GgufFile open(Path path, Arena arena) {
        return read(FileMapping.map(path, arena), path, arena);
    }

    /** As {@link #open}, with the first file's bytes at hand. */
    static GgufFile read(MemorySegment bytes, Path path, Arena arena) {
        GgufHeader first = GgufHeader.read(bytes, path.toString());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        addTensors(tensors, first, bytes, path);
        long byteSize = bytes.byteSize();
        GgufSplit split = GgufSplit.of(first.metadata(), path);
        for (int i = 1; i < split.count(); i++) {
            Path part = split.part(i);
            MemorySegment partBytes = FileMapping.map(part, arena);
            GgufHeader header = GgufHeader.read(partBytes, part.toString());
            split.checkPart(i, header.metadata());
            addTensors(tensors, header, partBytes, part);
            byteSize += partBytes.byteSize();
        }
        split.checkTensorCount(tensors.size());
        return new GgufFile(first.version(), first.metadata(), tensors, byteSize);
    }

    private static void addTensors(Map<String, Tensor> tensors, GgufHeader header, MemorySegment file, Path path) {
        for (TensorInfo info : header.tensors()) {
            long start = header.dataOffset() + info.offset();
            if (info.byteSize() > file.byteSize() - start) {
                throw new QuernException(path + ": tensor '" + info.name() + "' ends at byte " + (start + info
                        .byteSize())
                        + ", but the file has " + file.byteSize() + " bytes: it is truncated");
            }
            Tensor tensor = new Tensor(info.name(), info.type(), info.shape(), file.asSlice(start, info.byteSize()));
            if (tensors.putIfAbsent(info.name(), tensor) != null) {
                throw new QuernException(path + ": tensor '" + info.name() + "' is in an earlier part too");
            }
        }
        if (header.dataLimit() > file.byteSize() && !header.tensors().isEmpty()) {
            throw new QuernException(path + ": the data should end at byte " + header.dataLimit()
                    + ", but the file has "
                    + file.byteSize() + " bytes: it is truncated");
        }
    }
}
