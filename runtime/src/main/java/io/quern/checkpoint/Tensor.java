package io.quern.checkpoint;

import io.quern.kernels.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * One stored tensor, memory-mapped.
 *
 * @param shape outermost dimension first, as PyTorch writes it: a linear layer is {@code [outputs, inputs]}. (GGUF
 *     files list dimensions the other way round.)
 * @param data exactly its bytes
 */
public record Tensor(String name, TensorType type, long[] shape, MemorySegment data) {
    public long elementCount() {
        long count = 1;
        for (long extent : shape) {
            count = Math.multiplyExact(count, extent);
        }
        return count;
    }
}
