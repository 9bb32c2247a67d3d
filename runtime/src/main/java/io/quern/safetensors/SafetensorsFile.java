package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.checkpoint.FileMapping;
import io.quern.safetensors.SafetensorsHeader.Entry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One safetensors file, mapped.
 *
 * @param entries by name, in the header's order
 */
record SafetensorsFile(Path path, Map<String, String> metadata, Map<String, SafetensorsEntry> entries, long byteSize) {
    /**
     * Maps a file.
     *
     * @param arena the mapping's life; the caller closes it, also if this fails
     * @throws QuernException if the file cannot be read or breaks any rule of the format
     */
    static SafetensorsFile open(Path path, Arena arena) {
        MemorySegment file = FileMapping.map(path, arena);
        SafetensorsHeader header = SafetensorsHeader.read(file, path.toString());
        Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
        for (Entry entry : header.entries()) {
            MemorySegment data = file.asSlice(header.dataOffset() + entry.begin(), entry.end() - entry.begin());
            entries.put(entry.name(), new SafetensorsEntry(entry.name(), entry.dtype(), entry.shape(), data));
        }
        return new SafetensorsFile(path, header.metadata(), entries, file.byteSize());
    }
}
