package io.quern;

import io.quern.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads the tensor {@code logits} of an oracle's expected.safetensors, by means of its own: the reader is under test
 * too.
 */
final class ExpectedLogits {
    private ExpectedLogits() {}

    /** {@code [positions][vocabulary]}. */
    static float[][] read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Math.toIntExact(bytes.getLong(0));
        byte[] header = Arrays.copyOfRange(bytes.array(), 8, 8 + headerLength);
        Map<?, ?> logits = (Map<?, ?>) ((Map<?, ?>) Json.parse(header, file.toString())).get("logits");
        int[] shape = OracleTest.ints(logits.get("shape"));
        int begin = 8 + headerLength + ((Number) ((List<?>) logits.get("data_offsets")).getFirst()).intValue();
        float[][] rows = new float[shape[0]][shape[1]];
        for (int t = 0; t < shape[0]; t++) {
            bytes.slice(begin + 4 * t * shape[1], 4 * shape[1]).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
                    .get(rows[t]);
        }
        return rows;
    }
}
