package io.quern.tokenizer;

import java.util.List;

/** Cuts text into the pieces within which tokens are merged, and may change their spelling. Immutable. */
interface PreTokenizer {
    /** Takes the pieces in their order. */
    interface Sink {
        /** @param atStart whether the whole text begins with this piece */
        void accept(String piece, boolean atStart);
    }

    void split(String text, boolean atStart, Sink out);

    /** One after the other: each cuts the pieces of the one before. */
    static PreTokenizer sequence(List<? extends PreTokenizer> steps) {
        PreTokenizer all = (text, atStart, out) -> out.accept(text, atStart);
        for (int i = steps.size() - 1; i >= 0; i--) {
            PreTokenizer first = steps.get(i);
            PreTokenizer rest = all;
            all = i == steps.size() - 1
                    ? first
                    : (text, atStart, out) -> first.split(text, atStart,
                            (piece, start) -> rest.split(piece, start, out));
        }
        return all;
    }

    /** Spells each byte of UTF-8 with a character of its own. */
    static PreTokenizer byteLevel() {
        return (text, atStart, out) -> out.accept(ByteAlphabet.encode(text), atStart);
    }
}
