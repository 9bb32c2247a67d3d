package io.quern.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class TensorTypeTest {
    @Test
    void idsAreDistinct() {
        Set<Integer> ids = new HashSet<>();
        for (TensorType type : TensorType.values()) {
            ids.add(type.id());
        }
        assertEquals(TensorType.values().length, ids.size());
    }
}
