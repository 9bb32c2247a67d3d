package io.quern.safetensors;

import io.quern.kernels.TensorType;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Float tensors of a fixture's {@code expected.safetensors}. */
public final class ExpectedTensors {
    private ExpectedTensors() {}

    /** All values of an F32 tensor, row after row. */
    public static float[] floats(Path file, String name) {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsEntry entry = SafetensorsFile.open(file, arena).entries().get(name);
            float[] values = new float[(int) entry.elementCount()];
            TensorType.F32.dequantize(entry.data(), 0, values, 0, values.length);
            return values;
        }
    }
}
