package io.quern.tokenizer;

/** What a token of the vocabulary is for; SentencePiece and GGUF number these kinds alike. */
enum TokenKind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    private static final TokenKind[] KINDS = values();

    /** By its number in a file, 1 to 6; any other number (0 is "undefined") is normal. */
    static TokenKind of(int number) {
        return number >= 1 && number <= KINDS.length ? KINDS[number - 1] : NORMAL;
    }

    /** Whether the token stands for no text. */
    boolean isSpecial() {
        return this == CONTROL || this == UNKNOWN;
    }
}
