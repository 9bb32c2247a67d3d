package io.quern.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quern.QuernException;
import io.quern.json.Json;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of one safetensors file: everything that the format's reference reader checks, and tensor names
 * must not repeat (formats.md A.3). Entries are kept in the header's order.
 *
 * @param metadata the header's {@code __metadata__}
 * @param dataOffset where in the file the tensors' data starts
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataOffset) {
    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final String METADATA = "__metadata__";
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A tensor; its bytes are begin to end, exclusive, counted from the start of the data. */
    record Entry(String name, Dtype dtype, long[] shape, long begin, long end) {}

    /**
     * Reads and checks a header.
     *
     * @param name the file, for messages
     */
    static SafetensorsHeader read(MemorySegment file, String name) {
        long size = file.byteSize();
        if (size < Long.BYTES) {
            throw new QuernException(name + ": not a safetensors file: " + size + " bytes, expected at least 8");
        }
        long length = file.get(I64, 0);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new QuernException(name + ": not a safetensors file: a header of " + Long.toUnsignedString(length)
                    + " bytes, expected at most " + MAX_HEADER_BYTES);
        }
        if (length > size - Long.BYTES) {
            throw new QuernException(name + ": the header has " + length + " bytes, but " + (size - Long.BYTES)
                    + " are left in the file");
        }
        byte[] json = file.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        SafetensorsHeader header = new Parser(name, Long.BYTES + length).parse(json);
        header.checkLayout(name, size);
        return header;
    }

    /** The tensors must cover the data without hole or overlap, and each have the bytes that its shape says. */
    private void checkLayout(String name, long fileSize) {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : sorted) {
            String what = name + ": tensor '" + entry.name() + "' ";
            if (entry.begin() != end || entry.end() < entry.begin()) {
                throw new QuernException(what + "has offsets [" + entry.begin() + ", " + entry.end()
                        + "], expected to start at " + end);
            }
            long expected = byteSize(entry, what);
            if (entry.end() - entry.begin() != expected) {
                throw new QuernException(what + "of type " + entry.dtype() + " and shape "
                        + Arrays.toString(entry.shape()) + " has " + (entry.end() - entry.begin())
                        + " bytes, expected " + expected);
            }
            end = entry.end();
        }
        if (end != fileSize - dataOffset) {
            throw new QuernException(name + ": the tensors take " + end + " bytes, but the file has "
                    + (fileSize - dataOffset) + " bytes of data" + (end > fileSize - dataOffset
                            ? ": it is truncated"
                            : ""));
        }
    }

    private static long byteSize(Entry entry, String what) {
        long bits;
        try {
            bits = entry.dtype().bits();
            long count = 1;
            for (long extent : entry.shape()) {
                count = Math.multiplyExact(count, extent);
            }
            bits = Math.multiplyExact(bits, count);
        } catch (ArithmeticException e) {
            throw new QuernException(what + "of shape " + Arrays.toString(entry.shape()) + " has more than 2^63 bits");
        }
        if (bits % 8 != 0) {
            throw new QuernException(what + "of type " + entry.dtype() + " has " + bits
                    + " bits, which are not whole bytes");
        }
        return bits / 8;
    }

    /** Streams through the header, so that a large one costs no more than its entries. */
    private static final class Parser {
        private final String where;
        private final long dataOffset;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private Map<String, String> metadata;
        private JsonParser json;

        Parser(String where, long dataOffset) {
            this.where = where;
            this.dataOffset = dataOffset;
        }

        SafetensorsHeader parse(byte[] text) {
            try (JsonParser parser = Json.parser(text, where)) {
                json = parser;
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw fail("expected a JSON object");
                }
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    if (name.equals(METADATA)) {
                        readMetadata();
                    } else if (entries.putIfAbsent(name, readEntry(name)) != null) {
                        throw fail("tensor '" + name + "' appears twice");
                    }
                }
                if (json.nextToken() != null) {
                    throw fail("text after the end of the object");
                }
            } catch (IOException e) {
                throw Json.invalid(e, where + ": header");
            }
            return new SafetensorsHeader(
                    metadata == null ? Map.of() : metadata, List.copyOf(entries.values()), dataOffset);
        }

        private void readMetadata() throws IOException {
            if (metadata != null) {
                throw fail(METADATA + " appears twice");
            }
            metadata = new LinkedHashMap<>();
            if (json.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            expect(JsonToken.START_OBJECT, METADATA + " should be an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                json.nextToken();
                expect(JsonToken.VALUE_STRING, METADATA + " should have strings for values");
                metadata.put(key, json.getText());
            }
        }

        private Entry readEntry(String name) throws IOException {
            String what = "tensor '" + name + "'";
            expect(JsonToken.START_OBJECT, what + " should be an object");
            Dtype dtype = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "dtype" -> dtype = once(dtype, readDtype(what), what, field);
                    case "shape" -> shape = once(shape, readNumbers(what + ": shape"), what, field);
                    case "data_offsets" -> offsets = once(offsets, readNumbers(what + ": data_offsets"), what, field);
                    default -> json.skipChildren();
                }
            }
            if (dtype == null || shape == null || offsets == null) {
                throw fail(what + " lacks one of dtype, shape, data_offsets");
            }
            if (offsets.length != 2) {
                throw fail(what + " has " + offsets.length + " data_offsets, expected 2");
            }
            return new Entry(name, dtype, shape, offsets[0], offsets[1]);
        }

        private <T> T once(T before, T value, String what, String field) {
            if (before != null) {
                throw fail(what + " has two fields " + field);
            }
            return value;
        }

        private Dtype readDtype(String what) throws IOException {
            expect(JsonToken.VALUE_STRING, what + ": dtype should be a string");
            Dtype dtype = Dtype.named(json.getText());
            if (dtype == null) {
                throw fail(what + " has unknown dtype '" + json.getText() + "', expected one of "
                        + Arrays.toString(Dtype.values()));
            }
            return dtype;
        }

        private long[] readNumbers(String what) throws IOException {
            expect(JsonToken.START_ARRAY, what + " should be an array");
            List<Long> numbers = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(JsonToken.VALUE_NUMBER_INT, what + " should hold integers");
                if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                    throw fail(what + " holds " + json.getText() + ", expected 0 to " + Long.MAX_VALUE);
                }
                numbers.add(json.getLongValue());
            }
            return numbers.stream().mapToLong(Long::longValue).toArray();
        }

        private void expect(JsonToken token, String message) {
            if (json.currentToken() != token) {
                throw fail(message);
            }
        }

        private QuernException fail(String message) {
            return new QuernException(where + ": header: " + message + " (at " + Json.position(json) + ")");
        }
    }
}
