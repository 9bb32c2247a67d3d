package io.quern.chat;

/** Escapes in string literals, as Python's {@code unicode-escape} reads them: an unknown one stays as it is. */
final class Escapes {
    private Escapes() {}

    static String decode(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder(body.length());
        int i = 0;
        while (i < body.length()) {
            char c = body.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = body.charAt(i++);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escape);
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'v' -> out.append('\u000b');
                case 'x' -> i = hex(body, i, 2, out, line);
                case 'u' -> i = hex(body, i, 4, out, line);
                case 'U' -> i = hex(body, i, 8, out, line);
                case 'N' -> throw TemplateError.at(line, "the escape \\N{...} is not supported");
                default -> i = octalOrLiteral(body, i - 1, out);
            }
        }
        return out.toString();
    }

    private static int hex(String body, int from, int digits, StringBuilder out, int line) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
            if (digit < 0 || value > 0x10ffff) {
                throw TemplateError.at(line, "a \\x, \\u or \\U escape needs " + digits + " hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        if (!Character.isValidCodePoint(value)) {
            throw TemplateError.at(line, "the escape \\U" + Integer.toHexString(value) + " is no character");
        }
        out.appendCodePoint(value);
        return from + digits;
    }

    private static int octalOrLiteral(String body, int from, StringBuilder out) {
        int i = from;
        int value = 0;
        while (i < body.length() && i < from + 3 && body.charAt(i) >= '0' && body.charAt(i) <= '7') {
            value = value * 8 + body.charAt(i++) - '0';
        }
        if (i > from) {
            out.append((char) value);
            return i;
        }
        out.append('\\').append(body.charAt(from));
        return from + 1;
    }
}
