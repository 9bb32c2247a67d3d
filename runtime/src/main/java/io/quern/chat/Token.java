package io.quern.chat;

/**
 * One token of a template; {@code text} is the name, the operator, the digits, the decoded string or the plain text.
 */
record Token(Kind kind, String text, int line) {
    enum Kind { TEXT, OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /** For messages. */
    String describe() {
        return switch (kind) {
            case END -> "end of template";
            case TEXT -> "template text";
            case OUTPUT_BEGIN, OUTPUT_END, BLOCK_BEGIN, BLOCK_END -> "'" + text + "'";
            case STRING -> "string " + PythonText.repr(text);
            default -> "'" + text + "'";
        };
    }
}
