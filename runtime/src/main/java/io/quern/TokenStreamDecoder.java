package io.quern;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns ids into text one by one. A token may end within a character: its bytes are kept until the character is whole.
 * Not safe for use by several threads.
 */
public final class TokenStreamDecoder {
    private final Tokenizer tokenizer;
    private final boolean showSpecial;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private boolean dropSpace;

    /** Bytes that begin a character but do not end it; three at most. */
    private byte[] pending = {};

    /**
     * A decoder at the beginning of a text.
     *
     * @param showSpecial      whether special tokens are shown as they are spelt, or left out
     * @param dropLeadingSpace whether a space at the very beginning is left out
     */
    public TokenStreamDecoder(Tokenizer tokenizer, boolean showSpecial, boolean dropLeadingSpace) {
        this.tokenizer = tokenizer;
        this.showSpecial = showSpecial;
        this.dropSpace = dropLeadingSpace;
    }

    /** Takes the next id and returns the text that became whole by it: possibly none. */
    public String accept(int id) {
        byte[] bytes = tokenizer.isSpecial(id) && showSpecial
                ? tokenizer.piece(id).getBytes(StandardCharsets.UTF_8)
                : tokenizer.bytes(id);
        int from = 0;
        if (dropSpace && bytes.length > 0) {
            from = bytes[0] == ' ' ? 1 : 0;
            dropSpace = false;
        }
        if (bytes.length == from) {
            return "";
        }
        ByteBuffer in = ByteBuffer.allocate(pending.length + bytes.length - from)
                .put(pending)
                .put(bytes, from, bytes.length - from)
                .flip();
        return decode(in, false);
    }

    /**
     * Ends the text: returns what stands for an unfinished character, U+FFFD, or nothing. The decoder may be used
     * again.
     */
    public String finish() {
        return decode(ByteBuffer.wrap(pending), true);
    }

    private String decode(ByteBuffer in, boolean end) {
        // A byte never gives more than one char: U+FFFD for each at worst, two chars for four bytes.
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        utf8.decode(in, out, end);
        if (end) {
            utf8.flush(out);
            utf8.reset();
        }
        pending = new byte[in.remaining()];
        in.get(pending);
        return out.flip().toString();
    }
}
