package io.quern.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    @Test
    void writesEveryKind() {
        assertEquals("[null,true,1,2,0.5,0.25,\"a\\n\\\"🙂\",[1,2],{\"k\":[]}]",
                JsonText.of(Arrays.asList(null, true, 1,
                        2L, 0.5f, 0.25, "a\n\"🙂", new int[] {1, 2}, Map.of("k", List.of()))));
    }

    @Test
    void whatJsonCannotSayIsReplaced() {
        assertEquals("[null,null,\"x\uFFFDy\"]", JsonText.of(List.of(Double.NaN, Float.POSITIVE_INFINITY, "x\uD800y")));
    }

    @Test
    void refusesOtherObjects() {
        assertThrows(IllegalArgumentException.class, () -> JsonText.of(new Object()));
    }
}
