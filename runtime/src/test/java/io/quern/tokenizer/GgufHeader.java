package io.quern.tokenizer;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The metadata of a GGUF file that is known to be good, read in the simplest way. */
final class GgufHeader {
    private final DataInputStream in;

    private GgufHeader(DataInputStream in) {
        this.in = in;
    }

    static Map<String, Object> read(Path file) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            GgufHeader header = new GgufHeader(in);
            in.skipNBytes(16);
            long count = header.int64();
            Map<String, Object> values = new HashMap<>();
            for (long i = 0; i < count; i++) {
                String key = header.string();
                values.put(key, header.value(header.int32()));
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object value(int type) throws IOException {
        return switch (type) {
            case 0 -> (long) in.readUnsignedByte();
            case 4 -> int32() & 0xFFFFFFFFL;
            case 5 -> (long) int32();
            case 6 -> Float.intBitsToFloat(int32());
            case 7 -> in.readBoolean();
            case 8 -> string();
            case 9 -> array(int32(), Math.toIntExact(int64()));
            case 10, 11 -> int64();
            default -> throw new IOException("type " + type);
        };
    }

    private Object array(int type, int length) throws IOException {
        switch (type) {
            case 8 -> {
                String[] strings = new String[length];
                for (int i = 0; i < length; i++) {
                    strings[i] = string();
                }
                return strings;
            }
            case 6 -> {
                float[] floats = new float[length];
                for (int i = 0; i < length; i++) {
                    floats[i] = Float.intBitsToFloat(int32());
                }
                return floats;
            }
            case 4, 5 -> {
                int[] ints = new int[length];
                for (int i = 0; i < length; i++) {
                    ints[i] = int32();
                }
                return ints;
            }
            default -> {
                Object[] values = new Object[length];
                for (int i = 0; i < length; i++) {
                    values[i] = value(type);
                }
                return values;
            }
        }
    }

    private String string() throws IOException {
        return new String(in.readNBytes(Math.toIntExact(int64())), StandardCharsets.UTF_8);
    }

    private int int32() throws IOException {
        return Integer.reverseBytes(in.readInt());
    }

    private long int64() throws IOException {
        return Long.reverseBytes(in.readLong());
    }
}
