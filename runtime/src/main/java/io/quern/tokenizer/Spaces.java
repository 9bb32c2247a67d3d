package io.quern.tokenizer;

/** White space. */
final class Spaces {
    private Spaces() {}

    /** Unicode's White_Space, the regular expression class \s; all of it is in the basic plane. */
    static boolean is(char c) {
        return Character.isSpaceChar(c) || c >= '\t' && c <= '\r' || c == 0x85;
    }
}
