package io.quern.chat;

import io.quern.chat.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Source to tokens, with Jinja's rules for white space under {@code trim_blocks} and {@code lstrip_blocks}: the newline
 * after a block or comment goes, and so do blanks between the start of a line and a block or comment; {@code -} inside
 * a tag strips everything on its side, {@code +} keeps it. One newline at the end of the source is dropped. A few lines
 * longer than most files here, since these rules share the position in the source.
 */
final class Lexer {
    private static final String[] OPERATORS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int lineCounted;
    /** Whether what was read last ended a line, so that blanks which follow are an indentation. */
    private boolean atLineStart = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** All tokens of a template, {@link Kind#END} last. */
    static List<Token> tokens(String source) {
        String text = source.replace("\r\n", "\n").replace('\r', '\n');
        if (text.endsWith("\n")) {
            text = text.substring(0, text.length() - 1);
        }
        Lexer lexer = new Lexer(text);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                emit(Kind.TEXT, source.substring(position));
                position = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            text(tag, tag + 2, kind != '{');
            position = tag + 2;
            if (at(position) == '-' || at(position) == '+') {
                position++;
            }
            switch (kind) {
                case '#' -> comment(tag);
                case '{' -> expression(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, "}}");
                default -> {
                    if (!rawBlock()) {
                        expression(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
                    }
                }
            }
        }
        emit(Kind.END, "");
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0; i = source.indexOf('{', i + 1)) {
            char next = at(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** Emits the text before a tag, stripped as the sign at {@code signAt} and the indentation rule ask. */
    private void text(int limit, int signAt, boolean stripsIndentation) {
        String text = source.substring(position, limit);
        char sign = at(signAt);
        if (sign == '-') {
            text = PythonText.stripRight(text);
        } else if (sign != '+' && stripsIndentation) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || atLineStart) && PythonText.strip(text.substring(lineStart)).isEmpty()) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            emit(Kind.TEXT, text);
        }
    }

    private void comment(int start) {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw TemplateError.at(lineAt(start), "the comment is never closed");
        }
        char sign = end > position ? at(end - 1) : 0;
        position = end + 2;
        afterTag(sign, true);
    }

    /** Reads {@code raw %} to {@code endraw %}} if that is what follows. */
    private boolean rawBlock() {
        int start = position;
        int p = word(position, "raw");
        if (p < 0) {
            return false;
        }
        boolean strip = at(p) == '-';
        p += strip ? 1 : 0;
        if (!source.startsWith("%}", p)) {
            return false;
        }
        p += 2;
        position = strip ? skipSpace(p) : p;
        atLineStart = false;
        for (int tag = source.indexOf("{%", position); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            int name = tag + 2;
            int end = word(at(name) == '-' || at(name) == '+' ? name + 1 : name, "endraw");
            if (end < 0) {
                continue;
            }
            char sign = at(end);
            int close = sign == '-' || sign == '+' ? end + 1 : end;
            if (source.startsWith("%}", close)) {
                text(tag, name, true);
                position = close + 2;
                afterTag(sign, true);
                return true;
            }
        }
        throw TemplateError.at(lineAt(start), "'raw' is never closed by 'endraw'");
    }

    /** The position after {@code word} and the blanks around it, or -1. */
    private int word(int from, String word) {
        int p = skipSpace(from);
        return source.startsWith(word, p) ? skipSpace(p + word.length()) : -1;
    }

    private void expression(Kind begin, Kind end, String close) {
        emit(begin, begin == Kind.OUTPUT_BEGIN ? "{{" : "{%");
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            position = skipSpace(position);
            if (position >= source.length()) {
                throw TemplateError.at(lineAt(position), "the template ends inside a tag; expected '" + close + "'");
            }
            char sign = at(position);
            boolean signed = (sign == '-' || sign == '+' && end == Kind.BLOCK_END)
                    && source.startsWith(close, position + 1);
            if (open.isEmpty() && (signed || source.startsWith(close, position))) {
                emit(end, close);
                position += close.length() + (signed ? 1 : 0);
                afterTag(signed ? sign : 0, end == Kind.BLOCK_END);
                return;
            }
            token(open);
        }
    }

    /** White space after a closed tag: all of it for '-', the next newline after blocks and comments. */
    private void afterTag(char sign, boolean trimsNewline) {
        if (sign == '-') {
            position = skipSpace(position);
        } else if (sign != '+' && trimsNewline && at(position) == '\n') {
            position++;
        }
        atLineStart = at(position - 1) == '\n';
    }

    private void token(Deque<Character> open) {
        char c = at(position);
        if (Character.isUnicodeIdentifierStart(source.codePointAt(position)) || c == '_') {
            int end = position;
            while (end < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(end))) {
                end += Character.charCount(source.codePointAt(end));
            }
            take(Kind.NAME, end);
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (c == '\'' || c == '"') {
            string(c);
        } else {
            operator(open);
        }
    }

    private void number() {
        int p = position;
        if (at(p) == '0' && "xXoObB".indexOf(at(p + 1)) >= 0 && at(p + 1) != 0) {
            for (p += 2; Character.isLetterOrDigit(at(p)) || at(p) == '_';) {
                p++;
            }
            take(Kind.INTEGER, p);
            return;
        }
        p = digits(p);
        boolean isFloat = false;
        if (at(p) == '.' && isDigit(at(p + 1))) {
            p = digits(p + 1);
            isFloat = true;
        }
        if (at(p) == 'e' || at(p) == 'E') {
            int exponent = at(p + 1) == '+' || at(p + 1) == '-' ? p + 2 : p + 1;
            if (isDigit(at(exponent))) {
                p = digits(exponent);
                isFloat = true;
            }
        }
        take(isFloat ? Kind.FLOAT : Kind.INTEGER, p);
    }

    private int digits(int from) {
        int p = from;
        while (isDigit(at(p)) || at(p) == '_') {
            p++;
        }
        return p;
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw TemplateError.at(lineAt(position), "a string is never closed by " + quote);
        }
        emit(Kind.STRING, Escapes.decode(source.substring(position + 1, end), lineAt(position)));
        position = end + 1;
    }

    private void operator(Deque<Character> open) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                balance(operator.charAt(0), open);
                take(Kind.OPERATOR, position + operator.length());
                return;
            }
        }
        throw TemplateError.at(lineAt(position), "unexpected character '"
                + Character.toString(source.codePointAt(position)) + "'");
    }

    private void balance(char c, Deque<Character> open) {
        switch (c) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != c) {
                    throw TemplateError.at(lineAt(position), "unexpected '" + c + "'");
                }
            }
            default -> {}
        }
    }

    private void take(Kind kind, int end) {
        if (end - position > Budget.MAX_NAME) {
            throw TemplateError.at(lineAt(position),
                    "a name or number of more than " + Budget.MAX_NAME + " characters");
        }
        emit(kind, source.substring(position, end));
        position = end;
    }

    private void emit(Kind kind, String text) {
        tokens.add(new Token(kind, text, lineAt(position)));
    }

    /** Lines are counted once, as positions only grow. */
    private int lineAt(int target) {
        for (; lineCounted < target && lineCounted < source.length(); lineCounted++) {
            if (source.charAt(lineCounted) == '\n') {
                line++;
            }
        }
        return line;
    }

    private int skipSpace(int from) {
        int p = from;
        while (p < source.length() && PythonText.isSpace(source.charAt(p))) {
            p++;
        }
        return p;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private char at(int index) {
        return index < source.length() ? source.charAt(index) : 0;
    }
}
