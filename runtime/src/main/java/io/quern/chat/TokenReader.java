package io.quern.chat;

import io.quern.QuernException;
import io.quern.chat.Token.Kind;
import java.util.List;

/** A cursor over the tokens, and the bound on how deeply a source may nest. */
final class TokenReader {
    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenReader(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(next);
    }

    Token peekSecond() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    Token take() {
        Token token = peek();
        if (token.kind() != Kind.END) {
            next++;
        }
        return token;
    }

    int line() {
        return peek().line();
    }

    boolean skipOperator(String operator) {
        boolean found = peek().isOperator(operator);
        next += found ? 1 : 0;
        return found;
    }

    boolean skipName(String name) {
        boolean found = peek().isName(name);
        next += found ? 1 : 0;
        return found;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    Token expect(Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        return take();
    }

    QuernException unexpected(String expected) {
        return TemplateError.at(line(), "expected " + expected + ", found " + peek().describe());
    }

    void enter() {
        if (++depth > Budget.MAX_SOURCE_DEPTH) {
            throw TemplateError.at(line(), "nested more than " + Budget.MAX_SOURCE_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
