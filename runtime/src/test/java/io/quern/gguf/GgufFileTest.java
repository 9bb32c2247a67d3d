package io.quern.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.Shared;
import io.quern.checkpoint.Tensor;
import io.quern.json.Json;
import io.quern.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
    @TempDir
    Path folder;

    private static boolean accepts(Path path, boolean withData) {
        try (Arena arena = Arena.ofConfined()) {
            if (withData) {
                GgufFile.open(path, arena);
            } else {
                GgufHeader.read(MemorySegment.ofArray(Files.readAllBytes(path)), path.toString());
            }
            return true;
        } catch (QuernException e) {
            assertTrue(e.getMessage().startsWith(path.toString() + ": "), e.getMessage());
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void verdictsAreThoseOfTheReference() throws IOException {
        Path files = Shared.path("oracle/bad_gguf");
        Map<?, ?> cases = (Map<?, ?>) Json.parseObject(
                Files.readAllBytes(files.resolve("verdicts.json")), "verdicts.json")
                .get("cases");
        assertEquals(47, cases.size());
        for (Map.Entry<?, ?> entry : cases.entrySet()) {
            Path path = files.resolve(entry.getKey() + ".gguf");
            Map<?, ?> verdict = (Map<?, ?>) entry.getValue();
            // The reference takes a size that wraps to zero for an empty tensor; we do not.
            boolean wraps = entry.getKey().equals("overflow_wraps_to_zero");
            assertEquals(
                    verdict.get("header_only").equals("accept") && !wraps, accepts(path, false), path + " header only");
            assertEquals(verdict.get("with_data").equals("accept") && !wraps, accepts(path, true), path + " with data");
        }
    }

    private GgufFile open(GgufBuilder builder, Arena arena) {
        return GgufFile.open(builder.write(folder.resolve("test.gguf")), arena);
    }

    private static byte[] array(int elementType, long count, byte[]... elements) {
        return GgufBuilder.concat(
                GgufBuilder.u32(elementType), GgufBuilder.u64(count), GgufBuilder.concat(elements));
    }

    @Test
    void scalarsOfEveryType() {
        try (Arena arena = Arena.ofConfined()) {
            byte[] ff = GgufBuilder.u64(-1);
            Map<String, Object> metadata = open(
                    new GgufBuilder()
                            .key("u8", 0, new byte[] {-1})
                            .key("i8", 1, new byte[] {-1})
                            .key("u16", 2, new byte[] {-2, -1})
                            .key("i16", 3, new byte[] {-2, -1})
                            .key("u32", 4, GgufBuilder.u32(-2))
                            .key("i32", 5, GgufBuilder.u32(-2))
                            .key("f32", 1.5f)
                            .key("bool", 7, new byte[] {2})
                            .key("string", "磨 💧")
                            .key("u64", 10, GgufBuilder.u64(7))
                            .key("u64 max", 10, ff)
                            .key("i64", 11, ff)
                            .key("f64", 12, GgufBuilder.u64(Double.doubleToLongBits(-0.1))),
                    arena)
                    .metadata();
            assertEquals(
                    List.of(255L, -1L, 65534L, -2L, 4294967294L, -2L, 1.5f, true, "磨 💧", 7L,
                            new BigInteger("18446744073709551615"), -1L, -0.1),
                    List.copyOf(metadata.values()));
            assertEquals("u8", metadata.keySet().iterator().next());
        }
    }

    @Test
    void arraysOfEveryType() {
        byte[] minusTwo = GgufBuilder.u64(-2);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Object> m = open(
                    new GgufBuilder()
                            .key("u8", 9, array(0, 2, new byte[] {1, -1}))
                            .key("u16", 9, array(2, 4, minusTwo))
                            .key("i16", 9, array(3, 4, minusTwo))
                            .key("u32", 9, array(4, 2, GgufBuilder.u64(7)))
                            .key("u32 large", 9, array(4, 2, minusTwo))
                            .key("i32", 9, array(5, 2, minusTwo))
                            .key("f32", 9, array(6, 1, GgufBuilder.f32(-2.5f)))
                            .key("bool", 9, array(7, 2, new byte[] {0, 3}))
                            .key("string", 9, array(8, 2, GgufBuilder.string("a"), GgufBuilder.string("")))
                            .key("u64", 9, array(10, 1, GgufBuilder.u64(9)))
                            .key("u64 large", 9, array(10, 1, minusTwo))
                            .key("i64", 9, array(11, 1, minusTwo))
                            .key("f64", 9, array(12, 1, GgufBuilder.u64(Double.doubleToLongBits(3)))),
                    arena)
                    .metadata();
            assertArrayEquals(new byte[] {1, -1}, (byte[]) m.get("u8"));
            assertArrayEquals(new long[] {65534, 65535, 65535, 65535}, (long[]) m.get("u16"));
            assertArrayEquals(new long[] {-2, -1, -1, -1}, (long[]) m.get("i16"));
            assertArrayEquals(new int[] {7, 0}, (int[]) m.get("u32"));
            assertArrayEquals(new long[] {4294967294L, 4294967295L}, (long[]) m.get("u32 large"));
            assertArrayEquals(new int[] {-2, -1}, (int[]) m.get("i32"));
            assertArrayEquals(new float[] {-2.5f}, (float[]) m.get("f32"));
            assertArrayEquals(new boolean[] {false, true}, (boolean[]) m.get("bool"));
            assertArrayEquals(new String[] {"a", ""}, (String[]) m.get("string"));
            assertArrayEquals(new long[] {9}, (long[]) m.get("u64"));
            assertArrayEquals(
                    new BigInteger[] {new BigInteger("18446744073709551614")}, (BigInteger[]) m.get("u64 large"));
            assertArrayEquals(new long[] {-2}, (long[]) m.get("i64"));
            assertArrayEquals(new double[] {3}, (double[]) m.get("f64"));
        }
    }

    @Test
    void brokenUtf8StaysDistinguishable() {
        String a = GgufCursor.decode(new byte[] {'x', (byte) 0xE4, (byte) 0xBD, 'y'});
        String b = GgufCursor.decode(new byte[] {'x', (byte) 0xE4, (byte) 0xBE, 'y'});
        assertNotEquals(a, b);
        assertEquals("x\uDCE4\uDCBDy", a);
        assertEquals("\uFFFD磨", GgufCursor.decode("\uFFFD磨".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void lengthsAreCheckedBeforeMemoryIsTaken() {
        List<GgufBuilder> hostile = List.of(
                new GgufBuilder().key("x", 8, GgufBuilder.u64(1L << 29)),
                new GgufBuilder().key("x", 8, GgufBuilder.u64(Long.MIN_VALUE)),
                new GgufBuilder().key("x", 9, array(8, 1L << 29)),
                new GgufBuilder().key("x", 9, array(12, 1L << 30)),
                new GgufBuilder().key("x", 9, array(0, -1)));
        for (GgufBuilder builder : hostile) {
            assertFalse(accepts(builder.write(folder.resolve("hostile.gguf")), false));
        }
    }

    @Test
    void tensorsLieWhereTheHeaderSays() {
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = open(
                    new GgufBuilder()
                            .alignment(64)
                            .tensor("a", TensorType.I8, new byte[] {1, 2, 3, 4, 5, 6}, 3, 2)
                            .tensor("b", TensorType.F32, GgufBuilder.f32(2.5f)),
                    arena);
            Tensor a = file.tensors().get("a");
            assertArrayEquals(new long[] {2, 3}, a.shape());
            assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6}, a.data().toArray(ValueLayout.JAVA_BYTE));
            Tensor b = file.tensors().get("b");
            assertEquals(0, b.shape().length);
            assertEquals(1, b.elementCount());
            assertEquals(2.5f, b.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
        }
    }

    /** A hole in the middle of the file costs no disk. */
    @Test
    void filesLargerThanTwoGigabytes() throws IOException {
        long rows = (5L << 30) / 4096;
        byte[] header = new GgufBuilder()
                .tensor("large", TensorType.I8, new byte[0], 4096, rows)
                .build();
        Path path = folder.resolve("large.gguf");
        long dataAt = header.length;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(header), 0);
            channel.write(ByteBuffer.wrap(new byte[] {42}), dataAt + 4096 * rows - 1);
        }
        try (Arena arena = Arena.ofConfined()) {
            Tensor large = GgufFile.open(path, arena).tensors().get("large");
            assertEquals(5L << 30, large.data().byteSize());
            assertEquals(42, large.data().get(ValueLayout.JAVA_BYTE, (5L << 30) - 1));
        }
    }

    private static GgufBuilder part(int index, int count, int total) {
        return new GgufBuilder()
                .key("split.no", 2, new byte[] {(byte) index, 0})
                .key("split.count", 2, new byte[] {(byte) count, 0})
                .key("split.tensors.count", 5, GgufBuilder.u32(total))
                .key("name", "part " + index);
    }

    private Path writeParts(GgufBuilder first, GgufBuilder second) {
        second.write(folder.resolve("m-00002-of-00002.gguf"));
        return first.write(folder.resolve("m-00001-of-00002.gguf"));
    }

    @Test
    void splitFiles() {
        byte[] one = {1};
        Path path = writeParts(
                part(0, 2, 2).tensor("a", TensorType.I8, one, 1), part(1, 2, 2).tensor("b", TensorType.I8, one, 1));
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(path, arena);
            assertEquals(List.of("a", "b"), List.copyOf(file.tensors().keySet()));
            assertEquals("part 0", file.metadata().get("name"));
        }
        assertRefused(folder.resolve("m-00002-of-00002.gguf"), "open m-00001-of-00002.gguf");
        assertRefused(
                writeParts(part(0, 2, 3).tensor("a", TensorType.I8, one, 1), part(1, 2, 2).tensor("b", TensorType.I8,
                        one, 1)),
                "'split.tensors.count' is 3, but the parts have 2");
        assertRefused(
                writeParts(part(0, 2, 2).tensor("a", TensorType.I8, one, 1), part(1, 2, 2).tensor("a", TensorType.I8,
                        one, 1)),
                "tensor 'a' is in an earlier part too");
        assertRefused(writeParts(part(0, 2, 0), part(0, 2, 0)), "'split.no' is 0, expected 1");
        assertRefused(part(0, 2, 0).write(folder.resolve("m.gguf")), "-00001-of-00002.gguf");
        assertRefused(part(0, 3, 0).write(folder.resolve("m-00001-of-00003.gguf")),
                "m-00002-of-00003.gguf: no such file");
    }

    private static void assertRefused(Path path, String reason) {
        try (Arena arena = Arena.ofConfined()) {
            QuernException e = assertThrows(QuernException.class, () -> GgufFile.open(path, arena));
            assertTrue(e.getMessage().contains(reason), e.getMessage());
        }
    }

    @Test
    void notAFile() {
        assertRefused(folder, "not a file");
        assertRefused(folder.resolve("absent.gguf"), "no such file");
    }
}
