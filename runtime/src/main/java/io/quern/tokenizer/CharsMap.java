package io.quern.tokenizer;

import io.quern.QuernException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * SentencePiece's precompiled normalization: a double-array trie (Darts-clone's 32-bit units) from byte sequences to
 * offsets of NUL-terminated replacements. The longest sequence that begins at a place is replaced.
 */
final class CharsMap implements UnaryOperator<String> {
    private final int[] units;
    private final byte[] replacements;

    /** @param blob the trie's size in bytes (32 bits), the trie, the replacements; all little-endian */
    CharsMap(byte[] blob) {
        ByteBuffer in = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        int size = blob.length < 4 ? -1 : in.getInt();
        if (size < 4 || size % 4 != 0 || size > in.remaining()) {
            throw new QuernException("precompiled_charsmap: a trie of " + size + " bytes in a text of " + blob.length);
        }
        units = new int[size / 4];
        in.asIntBuffer().get(units);
        in.position(4 + size);
        replacements = new byte[in.remaining()];
        in.get(replacements);
    }

    @Override
    public String apply(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int at = 0; at < bytes.length;) {
            long match = longest(bytes, at);
            if (match >= 0) {
                append((int) match, out);
                at += (int) (match >> 32);
            } else {
                do {
                    out.write(bytes[at++]);
                } while (at < bytes.length && (bytes[at] & 0xC0) == 0x80);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private void append(int from, ByteArrayOutputStream out) {
        for (int i = from; i < replacements.length && replacements[i] != 0; i++) {
            out.write(replacements[i]);
        }
    }

    /** The length (upper half) and the replacement's offset of the longest match, or -1. */
    private long longest(byte[] bytes, int from) {
        long match = -1;
        int node = offset(units[0]);
        for (int i = from; i < bytes.length && bytes[i] != 0; i++) {
            node ^= bytes[i] & 0xFF;
            if (node < 0 || node >= units.length) {
                break;
            }
            int unit = units[node];
            if ((unit & 0x800000FF) != (bytes[i] & 0xFF)) {
                break;
            }
            node ^= offset(unit);
            boolean leaf = (unit >> 8 & 1) != 0;
            if (leaf && node >= 0 && node < units.length) {
                match = (long) (i + 1 - from) << 32 | units[node] & 0x7FFFFFFF;
            }
        }
        return match;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >> 6);
    }
}
