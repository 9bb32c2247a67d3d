package io.quern.gguf;

import io.quern.kernels.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes small GGUF files, right or wrong ones, for tests. */
final class GgufBuilder {
    private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
    private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private int keyCount;
    private int tensorCount;
    private int alignment = 32;

    static byte[] u32(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    static byte[] u64(long value) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    }

    static byte[] f32(float value) {
        return u32(Float.floatToIntBits(value));
    }

    static byte[] string(String value) {
        return string(value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] string(byte[] utf8) {
        return concat(u64(utf8.length), utf8);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A key with the number of its type and the bytes of its value. */
    GgufBuilder key(String key, int type, byte[]... value) {
        keys.writeBytes(concat(string(key), u32(type), concat(value)));
        keyCount++;
        return this;
    }

    GgufBuilder key(String key, int value) {
        return key(key, 4, u32(value));
    }

    GgufBuilder key(String key, float value) {
        return key(key, 6, f32(value));
    }

    GgufBuilder key(String key, String value) {
        return key(key, 8, string(value));
    }

    GgufBuilder alignment(int bytes) {
        alignment = bytes;
        return key("general.alignment", bytes);
    }

    /** A tensor; the contiguous dimension comes first. */
    GgufBuilder tensor(String name, TensorType type, byte[] bytes, long... extents) {
        infos.writeBytes(concat(string(name), u32(extents.length)));
        for (long extent : extents) {
            infos.writeBytes(u64(extent));
        }
        infos.writeBytes(concat(u32(type.id()), u64(data.size())));
        data.writeBytes(bytes);
        pad(data, alignment);
        tensorCount++;
        return this;
    }

    /** A tensor of small random numbers. */
    GgufBuilder tensor(Random random, String name, TensorType type, long... extents) {
        long count = 1;
        for (long extent : extents) {
            count *= extent;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) type.byteSize(count)).order(ByteOrder.LITTLE_ENDIAN);
        if (type == TensorType.F32) {
            while (bytes.hasRemaining()) {
                bytes.putFloat((float) random.nextGaussian());
            }
        } else {
            random.nextBytes(bytes.array());
        }
        return tensor(name, type, bytes.array(), extents);
    }

    byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(concat(u32(3), u64(tensorCount), u64(keyCount), keys.toByteArray(), infos.toByteArray()));
        pad(out, alignment);
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }

    Path write(Path path) {
        try {
            return Files.write(path, build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pad(ByteArrayOutputStream out, int alignment) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
    }
}
