package io.quern.gguf;

import io.quern.QuernException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Reads a header front to back and refuses every length that goes beyond its end. */
final class GgufCursor {
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long MAX_STRING_BYTES = 1L << 30;

    /** A large vocabulary with its merges takes 20 MB; a header beyond this size is a trick to fill the heap. */
    private static final long MAX_HEADER_BYTES = 1L << 28;

    private static final int BLOCK_BYTES = 1 << 16;

    private final MemorySegment bytes;
    private final String file;
    private final long limit;
    private long position;

    GgufCursor(MemorySegment bytes, String file) {
        this.bytes = bytes;
        this.file = file;
        this.limit = Math.min(bytes.byteSize(), MAX_HEADER_BYTES);
    }

    long position() {
        return position;
    }

    byte i8(String what) {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(1, what));
    }

    short i16(String what) {
        return bytes.get(I16, advance(2, what));
    }

    int i32(String what) {
        return bytes.get(I32, advance(4, what));
    }

    long i64(String what) {
        return bytes.get(I64, advance(8, what));
    }

    /** A string: its length in bytes, then UTF-8. */
    String string(String what) {
        long length = i64(what + " length");
        if (length < 0 || length > MAX_STRING_BYTES) {
            throw fail(what + ": string of " + Long.toUnsignedString(length) + " bytes, at most " + MAX_STRING_BYTES);
        }
        long start = advance(length, what);
        return decode(bytes.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE));
    }

    /**
     * Strings one after the other, as {@link #string} reads them. Vocabularies hold a hundred thousand: they are
     * decoded from copies of whole blocks, for the JVM has not compiled much yet when a file is opened.
     */
    String[] strings(int count, String what) {
        String[] strings = new String[count];
        byte[] block = {};
        int at = 0;
        for (int i = 0; i < count; i++) {
            long length = at <= block.length - Long.BYTES ? littleEndian(block, at) : -1;
            int from = at + Long.BYTES;
            if (length >= 0 && length <= block.length - from) {
                strings[i] = decode(block, from, (int) length);
                at = from + (int) length;
                continue;
            }
            // The string that crosses the end of the block, or is wrong.
            position += at;
            strings[i] = string(what);
            block = bytes.asSlice(position, Math.min(BLOCK_BYTES, limit - position)).toArray(ValueLayout.JAVA_BYTE);
            at = 0;
        }
        position += at;
        return strings;
    }

    private static long littleEndian(byte[] bytes, int at) {
        long value = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    /** Copies an array of little-endian elements of the target's type. */
    void copy(ValueLayout layout, Object target, int count, String what) {
        long start = advance(count * layout.byteSize(), what);
        MemorySegment.copy(
                bytes, layout.withOrder(ByteOrder.LITTLE_ENDIAN).withByteAlignment(1), start, target, 0, count);
    }

    /** Refuses a count of elements that cannot fit in what is left. */
    void requireRoom(long count, int bytesEach, String what) {
        if (count > (limit - position) / bytesEach) {
            throw fail(what + ": " + Long.toUnsignedString(count) + " elements of at least " + bytesEach
                    + " bytes, but "
                    + remaining());
        }
    }

    QuernException fail(String message) {
        return new QuernException(file + ": " + message + " (at byte " + position + ")");
    }

    private long advance(long count, String what) {
        if (count > limit - position) {
            throw fail(what + ": needs " + count + " bytes, but " + remaining());
        }
        long start = position;
        position += count;
        return start;
    }

    private String remaining() {
        return limit < bytes.byteSize()
                ? "a header may have at most " + MAX_HEADER_BYTES + " bytes"
                : limit - position + " are left in the file";
    }

    /**
     * Old vocabularies hold tokens that are pieces of characters. A byte b that is not UTF-8 becomes the lone surrogate
     * U+DC00 + b, which valid text never holds: different bytes stay different strings.
     */
    static String decode(byte[] utf8) {
        return decode(utf8, 0, utf8.length);
    }

    private static String decode(byte[] bytes, int from, int length) {
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        return text.indexOf('\uFFFD') < 0 ? text : decodeLeniently(ByteBuffer.wrap(bytes, from, length));
    }

    private static String decodeLeniently(ByteBuffer in) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(in.remaining());
        while (in.hasRemaining()) {
            CoderResult result = decoder.decode(in, out, true);
            for (int i = 0; i < (result.isError() ? result.length() : 0); i++) {
                out.put((char) (0xDC00 + (in.get() & 0xFF)));
            }
        }
        return out.flip().toString();
    }
}
