package io.quern.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 256 printable characters that stand for bytes in a byte-level vocabulary. Bytes 0x21 to 0x7E, 0xA1 to 0xAC and
 * 0xAE to 0xFF stand for the character of that number, the other 68 in their order for U+0100 and on: a space is
 * U+0120, {@code Ġ}.
 */
final class ByteAlphabet {
    private static final char[] CHARS = new char[256];
    private static final int[] BYTES = new int[0x100 + 68];

    static {
        Arrays.fill(BYTES, -1);
        int others = 0;
        for (int value = 0; value < 256; value++) {
            boolean printable = value >= 0x21 && value <= 0x7E || value >= 0xA1 && value != 0xAD;
            CHARS[value] = (char) (printable ? value : 0x100 + others++);
            BYTES[CHARS[value]] = value;
        }
    }

    private ByteAlphabet() {}

    /** Each byte of the text in UTF-8 as its character. */
    static String encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] chars = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            chars[i] = CHARS[bytes[i] & 0xFF];
        }
        return new String(chars);
    }

    /** The bytes that a token stands for; one with a character outside the alphabet stands for its own UTF-8. */
    static byte[] decode(String piece) {
        byte[] bytes = new byte[piece.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = piece.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTES[c];
        }
        return bytes;
    }
}
