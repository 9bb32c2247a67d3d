package io.quern.tokenizer;

import io.quern.QuernException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the fields of one protobuf message, in the order of the file. */
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final ByteBuffer in;

    /** Where the message begins in the file, for messages. */
    private final int base;

    private int wireType;

    ProtoReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes), 0);
    }

    private ProtoReader(ByteBuffer in, int base) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.base = base;
    }

    /** The number of the next field, whose value must be read or skipped next; 0 at the end of the message. */
    int nextField() {
        if (!in.hasRemaining()) {
            return 0;
        }
        long tag = varint();
        wireType = (int) (tag & 7);
        long field = tag >>> 3;
        if (field == 0 || field > (1 << 29) - 1) {
            throw damaged("the field number " + field);
        }
        return (int) field;
    }

    void skip() {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED_64 -> take(8);
            case BYTES -> take(length());
            case FIXED_32 -> take(4);
            default -> throw damaged("the wire type " + wireType);
        }
    }

    int integer() {
        expect(VARINT);
        return (int) varint();
    }

    boolean bool() {
        expect(VARINT);
        return varint() != 0;
    }

    float float32() {
        expect(FIXED_32);
        return take(4).getFloat();
    }

    String string() {
        return StandardCharsets.UTF_8.decode(bytesField()).toString();
    }

    byte[] bytes() {
        ByteBuffer slice = bytesField();
        byte[] bytes = new byte[slice.remaining()];
        slice.get(bytes);
        return bytes;
    }

    ProtoReader message() {
        expect(BYTES);
        int length = length();
        int start = base + in.position();
        return new ProtoReader(take(length), start);
    }

    private ByteBuffer bytesField() {
        expect(BYTES);
        return take(length());
    }

    private int length() {
        long length = varint();
        if (length < 0 || length > in.remaining()) {
            throw damaged("a length of " + length + " where " + in.remaining() + " bytes are left");
        }
        return (int) length;
    }

    private ByteBuffer take(int length) {
        if (length > in.remaining()) {
            throw damaged("a field of " + length + " bytes where " + in.remaining() + " are left");
        }
        ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return slice;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!in.hasRemaining()) {
                throw damaged("the end of the message within a number");
            }
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw damaged("a number of more than ten bytes");
    }

    private void expect(int type) {
        if (wireType != type) {
            throw damaged("the wire type " + wireType + " where " + type + " is expected");
        }
    }

    private QuernException damaged(String found) {
        return new QuernException("not a SentencePiece model: " + found + " at byte " + (base + in.position()));
    }
}
