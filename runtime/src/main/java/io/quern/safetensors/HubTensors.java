package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.TensorType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The tensors of a folder by name, with their shapes checked, and a record of which ones were asked for. */
final class HubTensors {
    /**
     * What may be left over: tables of frequencies in old files, and scales of quantised activations and caches,
     * which stay floats here.
     */
    private static final Pattern IGNORED = Pattern.compile(
            ".*\\.rotary_emb\\..*|.*\\.(input|output|q|k|v)_(scale|zero_point)");

    private final String where;
    private final Map<String, SafetensorsEntry> entries;
    private final Set<String> used = new HashSet<>();

    HubTensors(String where, Map<String, SafetensorsEntry> entries) {
        this.where = where;
        this.entries = entries;
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** The tensor of that name, or null. */
    SafetensorsEntry find(String name) {
        SafetensorsEntry entry = entries.get(name);
        if (entry != null) {
            used.add(name);
        }
        return entry;
    }

    /** The tensor of that name. */
    SafetensorsEntry require(String name) {
        SafetensorsEntry entry = find(name);
        if (entry == null) {
            throw fail("tensor '" + name + "' is missing");
        }
        return entry;
    }

    /** The tensor of that name, which must have that element type and shape. */
    SafetensorsEntry require(String name, Dtype dtype, long... shape) {
        SafetensorsEntry entry = require(name);
        if (entry.dtype() != dtype || !entry.hasShape(shape)) {
            throw unexpected(entry, dtype + " " + Arrays.toString(shape));
        }
        return entry;
    }

    /** A dense matrix of floats. */
    BlockWeights matrix(String name, int rows, int columns) {
        SafetensorsEntry entry = require(name);
        if (!isFloat(entry) || !entry.hasShape(rows, columns)) {
            throw unexpected(entry, "F32, F16 or BF16 [" + rows + ", " + columns + "]");
        }
        return new BlockWeights(entry.dtype().type(), rows, columns, entry.data());
    }

    /** A dense vector, as floats. */
    float[] vector(String name, int length) {
        SafetensorsEntry entry = require(name);
        if (!isFloat(entry) || !entry.hasShape(length)) {
            throw unexpected(entry, "F32, F16 or BF16 [" + length + "]");
        }
        float[] values = new float[length];
        entry.dtype().type().dequantize(entry.data(), 0, values, 0, length);
        return values;
    }

    static boolean isFloat(SafetensorsEntry entry) {
        TensorType type = entry.dtype().type();
        return type == TensorType.F32 || type == TensorType.F16 || type == TensorType.BF16;
    }

    /** Refuses a folder with tensors that nobody asked for: the model would not be what its makers meant. */
    void refuseUnused() {
        for (String name : entries.keySet()) {
            if (!used.contains(name) && !IGNORED.matcher(name).matches()) {
                throw fail("tensor '" + name + "' has no place in this model as far as this program knows it");
            }
        }
    }

    QuernException unexpected(SafetensorsEntry entry, String expected) {
        return fail("tensor '" + entry.name() + "' is " + entry.describe() + ", expected " + expected);
    }

    QuernException fail(String message) {
        return new QuernException(where + ": " + message);
    }
}
