package io.quern.gguf;

import io.quern.QuernException;
import io.quern.checkpoint.Tensor;
import io.quern.kernels.BlockWeights;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Tensors by name, with their shapes checked, and a record of which ones were asked for. */
final class GgufTensors {
    private final String file;
    private final Map<String, Tensor> tensors;
    private final Set<String> used = new HashSet<>();

    GgufTensors(String file, Map<String, Tensor> tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** The tensor of that name. */
    Tensor require(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new QuernException(file + ": tensor '" + name + "' is missing");
        }
        used.add(name);
        return tensor;
    }

    /** A matrix of weights. */
    BlockWeights matrix(String name, int rows, int columns) {
        Tensor tensor = require(name);
        requireShape(tensor, rows, columns);
        if (!tensor.type().isWeight()) {
            throw new QuernException(file + ": tensor '" + name + "' has type " + tensor.type() + ", expected weights");
        }
        return new BlockWeights(tensor.type(), rows, columns, tensor.data());
    }

    /** A vector, as floats. */
    float[] vector(String name, int length) {
        Tensor tensor = require(name);
        requireShape(tensor, length);
        if (!tensor.type().isPlain() || !tensor.type().isWeight()) {
            throw new QuernException(file + ": tensor '" + name + "' has type " + tensor.type()
                    + ", expected F32 or F16");
        }
        float[] values = new float[length];
        tensor.type().dequantize(tensor.data(), 0, values, 0, length);
        return values;
    }

    /** The same, or null if there is none. */
    float[] optionalVector(String name, int length) {
        return has(name) ? vector(name, length) : null;
    }

    /** Refuses a file with tensors that nobody asked for: the model would not be what its makers meant. */
    void refuseUnused() {
        for (String name : tensors.keySet()) {
            // Old converters stored tables of frequencies, which follow from theta.
            if (!used.contains(name) && !name.endsWith("attn_rot_embd.weight")) {
                throw new QuernException(file + ": tensor '" + name
                        + "' has no place in this architecture as far as this"
                        + " program knows it");
            }
        }
    }

    private void requireShape(Tensor tensor, long... expected) {
        long[] shape = tensor.shape();
        // Extents of one around the outside change nothing.
        int surplus = 0;
        while (shape.length - surplus > expected.length && shape[surplus] == 1) {
            surplus++;
        }
        if (!Arrays.equals(shape, surplus, shape.length, expected, 0, expected.length)) {
            throw new QuernException(file + ": tensor '" + tensor.name() + "' has shape " + Arrays.toString(shape)
                    + " (rows first), expected " + Arrays.toString(expected));
        }
    }
}
