package io.quern.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The tokens of a model: id to spelling, score and kind, and back. An id without a token is spelt with the empty string
 * and is never found. Where two ids are spelt alike the lower one is found.
 */
final class Vocabulary {
    static final int NONE = -1;

    private final String[] pieces;
    private final float[] scores;
    private final TokenKind[] kinds;
    private final Map<String, Integer> ids;
    private final int maxPieceLength;

    /** All three arrays of one length; they are not copied and must not be changed any more. */
    Vocabulary(String[] pieces, float[] scores, TokenKind[] kinds) {
        this.pieces = pieces;
        this.scores = scores;
        this.kinds = kinds;
        this.ids = HashMap.newHashMap(pieces.length);
        int longest = 0;
        for (int id = 0; id < pieces.length; id++) {
            if (!pieces[id].isEmpty()) {
                ids.putIfAbsent(pieces[id], id);
                longest = Math.max(longest, pieces[id].length());
            }
        }
        this.maxPieceLength = longest;
    }

    int size() {
        return pieces.length;
    }

    String piece(int id) {
        return pieces[id];
    }

    float score(int id) {
        return scores[id];
    }

    TokenKind kind(int id) {
        return kinds[id];
    }

    /** The id of a spelling, or {@link #NONE}. */
    int idOf(String piece) {
        return ids.getOrDefault(piece, NONE);
    }

    /**
     * The id of a spelling that plain text may become, or {@link #NONE}: text never turns into a control or byte token.
     */
    int idOfText(String piece) {
        int id = idOf(piece);
        return id != NONE && !kinds[id].isSpecial() && kinds[id] != TokenKind.BYTE ? id : NONE;
    }

    /** Of the longest spelling, in chars. */
    int maxPieceLength() {
        return maxPieceLength;
    }

    /**
     * The ids of the tokens {@code <0x00>} to {@code <0xFF>}, or else of one-character ASCII tokens, or {@link #NONE}.
     */
    int[] byteTokens() {
        int[] tokens = new int[256];
        Arrays.setAll(tokens, value -> {
            int id = idOf(bytePiece(value));
            return id != NONE || value >= 0x80 ? id : idOf(String.valueOf((char) value));
        });
        return tokens;
    }

    static String bytePiece(int value) {
        return "<0x" + Character.toUpperCase(Character.forDigit(value >> 4, 16))
                + Character.toUpperCase(Character.forDigit(value & 15, 16)) + ">";
    }

    /** The value of a piece such as {@code <0x0A>}, or {@link #NONE} if it is not spelt so. */
    static int byteValue(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
            return NONE;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? NONE : high << 4 | low;
    }
}
