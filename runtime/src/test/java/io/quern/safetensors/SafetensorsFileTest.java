package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.FileFuzz;
import io.quern.QuernException;
import io.quern.Shared;
import io.quern.json.Json;
import io.quern.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
    @TempDir
    Path folder;

    @Test
    void verdictsAreThoseOfTheReference() throws IOException {
        Path files = Shared.path("oracle/bad_safetensors");
        Map<?, ?> cases = (Map<?, ?>) Json.parseObject(
                Files.readAllBytes(files.resolve("verdicts.json")), "verdicts.json")
                .get("cases");
        assertEquals(46, cases.size());
        for (Map.Entry<?, ?> entry : cases.entrySet()) {
            Path path = files.resolve(entry.getKey() + ".safetensors");
            Map<?, ?> verdict = (Map<?, ?>) entry.getValue();
            // The reference keeps the last of tensors of one name, though its specification forbids them.
            boolean accept = verdict.get("reference").equals("accept") && !entry.getKey().equals("dup_tensor_key");
            try (Arena arena = Arena.ofConfined()) {
                if (accept) {
                    Set<String> names = SafetensorsFile.open(path, arena).entries().keySet();
                    assertEquals(Set.copyOf((List<?>) verdict.get("keys")), names, path.toString());
                } else {
                    QuernException e = assertThrows(
                            QuernException.class, () -> SafetensorsFile.open(path, arena), path.toString());
                    assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
                }
            }
        }
    }

    private static byte[] file(String header, byte... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    private SafetensorsFile open(String header, Arena arena, byte... data) {
        try {
            return SafetensorsFile.open(Files.write(folder.resolve("test.safetensors"), file(header, data)), arena);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theExampleOfTheSpecification() {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile file = open(
                    "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                    arena,
                    (byte) 0xC0,
                    (byte) 0x3F,
                    (byte) 0,
                    (byte) 0xC0);
            float[] values = new float[2];
            assertEquals(TensorType.BF16, file.entries().get("a").dtype().type());
            TensorType.BF16.dequantize(file.entries().get("a").data(), 0, values, 0, 2);
            assertArrayEquals(new float[] {1.5f, -2}, values);
            assertEquals(67, file.byteSize());
        }
    }

    @Test
    void everyDtypeHasItsSize() {
        for (Dtype dtype : Dtype.values()) {
            String header = "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[8],\"data_offsets\":[0," + dtype.bits()
                    + "]}}";
            try (Arena arena = Arena.ofConfined()) {
                SafetensorsFile file = open(header, arena, new byte[dtype.bits()]);
                assertEquals(dtype, file.entries().get("a").dtype());
                if (dtype.type() != null) {
                    assertEquals(dtype.bits(), 8 * dtype.type().bytesPerBlock());
                }
            }
        }
        assertEquals(22, Dtype.values().length);
    }

    @Test
    void hostileHeadersAreRefused() {
        List<String> headers = List.of(
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[18446744073709551615],\"data_offsets\":[0,0]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,9223372036854775807]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"dtype\":\"U8\"}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":" + "[".repeat(1000) + "}}",
                "[".repeat(100_000),
                "{\"a\":null}",
                "{\"__metadata__\":null,\"__metadata__\":null}",
                "{\"__metadata__\":{\"a\":null}}");
        for (String header : headers) {
            try (Arena arena = Arena.ofConfined()) {
                assertThrows(QuernException.class, () -> open(header, arena), header.substring(0, Math.min(60, header
                        .length())));
            }
        }
    }

    @Test
    void whatTheReferenceIgnoresIsIgnored() {
        try (Arena arena = Arena.ofConfined()) {
            String header = "{\"a\":{\"dtype\":\"U8\",\"x\":1,\"x\":{\"y\":[1]},\"shape\":[],\"data_offsets\":[0,1]},"
                    + "\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}";
            SafetensorsFile file = open(header, arena, (byte) 1);
            assertEquals(1, file.entries().get("a").elementCount());
            assertEquals(Map.of("k", "2"), file.metadata());
        }
    }

    @Test
    void damagedFilesAreRefusedOrRead() {
        byte[] good = file(
                "{\"__metadata__\":{\"format\":\"pt\"},"
                        + "\"b\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[4,16]},"
                        + "\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}   ",
                new byte[16]);
        int refused = FileFuzz.damage(good, good.length, folder.resolve("damaged.safetensors"), 20261122, 1000,
                path -> {
                    try (Arena arena = Arena.ofConfined()) {
                        SafetensorsFile.open(path, arena);
                    }
                });
        assertTrue(refused > 500, "refused only " + refused);
    }
}
