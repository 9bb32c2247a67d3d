package io.quern.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Gathers tensors, in memory or for a file. */
final class TensorBuilder {
    private final Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();

    TensorBuilder add(String name, Dtype dtype, byte[] bytes, long... shape) {
        entries.put(name, new SafetensorsEntry(name, dtype, shape, MemorySegment.ofArray(bytes)));
        return this;
    }

    TensorBuilder ints(String name, int[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return add(name, Dtype.I32, buffer.array(), shape);
    }

    TensorBuilder shorts(String name, short[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asShortBuffer().put(values);
        return add(name, Dtype.I16, buffer.array(), shape);
    }

    /** Floats as F32, F16 or BF16. */
    TensorBuilder floats(String name, Dtype dtype, float[] values, long... shape) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * dtype.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (dtype) {
                case F32 -> buffer.putFloat(value);
                case F16 -> buffer.putShort(Float.floatToFloat16(value));
                case BF16 -> buffer.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                default -> throw new IllegalArgumentException(dtype.name());
            }
        }
        return add(name, dtype, buffer.array(), shape);
    }

    /** The tensors of a module "m", under its name in a model. */
    TensorBuilder module(String name, TensorBuilder module) {
        module.entries.values().forEach(entry -> add(
                name + entry.name().substring(1), entry.dtype(), entry.data().toArray(ValueLayout.JAVA_BYTE),
                entry.shape()));
        return this;
    }

    TensorBuilder remove(String name) {
        if (entries.remove(name) == null) {
            throw new IllegalArgumentException(name);
        }
        return this;
    }

    HubTensors tensors() {
        return new HubTensors("test", entries);
    }

    byte[] file() {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        String header = entries.values().stream()
                .map(entry -> {
                    long begin = data.size();
                    data.writeBytes(entry.data().toArray(ValueLayout.JAVA_BYTE));
                    return "\"" + entry.name() + "\":{\"dtype\":\"" + entry.dtype() + "\",\"shape\":"
                            + Arrays.toString(entry.shape()) + ",\"data_offsets\":[" + begin + "," + data.size() + "]}";
                })
                .collect(Collectors.joining(",", "{", "}"));
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data.toByteArray())
                .array();
    }

    void write(Path path) {
        try {
            Files.write(path, file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
