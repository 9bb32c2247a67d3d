package io.quern.kernels;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Just enough of safetensors to read test vectors of one dimension: this module has no reader. */
final class SafetensorsVectors {
    private final byte[] file;
    private final String header;

    SafetensorsVectors(Path path) throws IOException {
        file = Files.readAllBytes(path);
        int length = Math.toIntExact(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        header = new String(file, 8, length, StandardCharsets.UTF_8);
    }

    /** The bytes of a tensor. */
    MemorySegment bytes(String name) {
        String offsets = "\\s*\\{[^}]*\"data_offsets\":\\s*\\[(\\d+),\\s*(\\d+)]";
        Matcher entry = Pattern.compile("\"" + Pattern.quote(name) + "\":" + offsets).matcher(header);
        if (!entry.find()) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        int data = 8 + header.getBytes(StandardCharsets.UTF_8).length;
        int begin = Integer.parseInt(entry.group(1));
        int end = Integer.parseInt(entry.group(2));
        return MemorySegment.ofArray(file).asSlice(data + begin, end - begin);
    }

    /** The values of an F32 tensor. */
    float[] floats(String name) {
        MemorySegment bytes = bytes(name);
        float[] values = new float[Math.toIntExact(bytes.byteSize() / 4)];
        MemorySegment.copy(bytes, Bytes.F32, 0, values, 0, values.length);
        return values;
    }
}
