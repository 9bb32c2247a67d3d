package io.quern.chat;

import io.quern.chat.Expression.Argument;
import io.quern.chat.Expression.Attribute;
import io.quern.chat.Expression.Call;
import io.quern.chat.Expression.Constant;
import io.quern.chat.Expression.DictLiteral;
import io.quern.chat.Expression.Filter;
import io.quern.chat.Expression.FilterCall;
import io.quern.chat.Expression.Item;
import io.quern.chat.Expression.ListLiteral;
import io.quern.chat.Expression.Name;
import io.quern.chat.Expression.Slice;
import io.quern.chat.Expression.Test;
import io.quern.chat.Expression.TupleLiteral;
import io.quern.chat.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Literals, names, and what is written after them: attributes, subscripts, calls, filters, tests. */
final class PrimaryParser {
    private static final Set<String> NO_TEST_ARGUMENT = Set.of("else", "or", "and", "if");

    private final TokenReader tokens;
    private final ExpressionParser expressions;
    private final MacroScopes macros;

    PrimaryParser(TokenReader tokens, ExpressionParser expressions, MacroScopes macros) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.macros = macros;
    }

    Expression primary() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case NAME -> name(tokens.take());
            case STRING -> string();
            case INTEGER -> new Constant(integer(tokens.take()), token.line());
            case FLOAT -> new Constant(Double.valueOf(tokens.take().text().replace("_", "")), token.line());
            case OPERATOR -> switch (token.text()) {
                case "(" -> parenthesis();
                case "[" -> list();
                case "{" -> dict();
                default -> throw tokens.unexpected("an expression");
            };
            default -> throw tokens.unexpected("an expression");
        };
    }

    private Expression name(Token token) {
        int line = token.line();
        return switch (token.text()) {
            case "true", "True" -> new Constant(true, line);
            case "false", "False" -> new Constant(false, line);
            case "none", "None" -> new Constant(null, line);
            default -> {
                macros.name(token.text());
                yield new Name(token.text(), line);
            }
        };
    }

    private Expression string() {
        int line = tokens.line();
        StringBuilder text = new StringBuilder(tokens.take().text());
        while (tokens.peek().kind() == Kind.STRING) {
            text.append(tokens.take().text());
        }
        return new Constant(text.toString(), line);
    }

    private static Long integer(Token token) {
        String digits = token.text().replace("_", "");
        int radix = digits.length() < 2 || digits.charAt(0) != '0' ? 10 : switch (digits.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
        };
        try {
            return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
        } catch (NumberFormatException e) {
            throw TemplateError.at(token.line(), "'" + token.text() + "' is no integer of 64 bits");
        }
    }

    private Expression parenthesis() {
        int line = tokens.take().line();
        if (tokens.skipOperator(")")) {
            return new TupleLiteral(List.of(), line);
        }
        Expression value = expressions.tuple(true);
        tokens.expectOperator(")");
        return value;
    }

    private Expression list() {
        int line = tokens.take().line();
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            items.add(expressions.expression());
            if (!tokens.peek().isOperator("]")) {
                tokens.expectOperator(",");
            }
        }
        return new ListLiteral(items, line);
    }

    private Expression dict() {
        int line = tokens.take().line();
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            if (!tokens.peek().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new DictLiteral(keys, values, line);
    }

    Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            Token token = tokens.peek();
            if (tokens.skipOperator(".")) {
                value = attribute(value, token.line());
            } else if (tokens.skipOperator("[")) {
                value = subscript(value, token.line());
            } else if (token.isOperator("(")) {
                value = new Call(value, arguments(), token.line());
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression target, int line) {
        Token token = tokens.take();
        return switch (token.kind()) {
            case NAME -> new Attribute(target, token.text(), line);
            case INTEGER -> new Item(target, new Constant(integer(token), line), line);
            default -> throw TemplateError.at(line, "expected a name after '.', found " + token.describe());
        };
    }

    private Expression subscript(Expression target, int line) {
        Expression from = tokens.peek().isOperator(":") ? null : expressions.expression();
        if (!tokens.skipOperator(":")) {
            tokens.expectOperator("]");
            return new Item(target, from, line);
        }
        Expression to = sliceBound();
        Expression step = tokens.skipOperator(":") ? sliceBound() : null;
        tokens.expectOperator("]");
        return new Slice(target, from, to, step, line);
    }

    private Expression sliceBound() {
        return tokens.peek().isOperator(":") || tokens.peek().isOperator("]") ? null : expressions.expression();
    }

    /** From the opening to the closing parenthesis. */
    List<Argument> arguments() {
        tokens.expectOperator("(");
        List<Argument> arguments = new ArrayList<>();
        while (!tokens.skipOperator(")")) {
            arguments.add(argument());
            if (!tokens.peek().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return arguments;
    }

    private Argument argument() {
        if (tokens.skipOperator("*")) {
            return new Argument(null, 1, expressions.expression());
        }
        if (tokens.skipOperator("**")) {
            return new Argument(null, 2, expressions.expression());
        }
        String name = null;
        if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().isOperator("=")) {
            name = tokens.take().text();
            tokens.take();
        }
        return new Argument(name, 0, expressions.expression());
    }

    Expression filtersAndTests(Expression start) {
        Expression value = start;
        while (true) {
            Token token = tokens.peek();
            if (token.isOperator("|")) {
                tokens.take();
                value = new Filter(value, filter(), token.line());
            } else if (tokens.skipName("is")) {
                value = test(value, token.line());
            } else if (token.isOperator("(")) {
                value = new Call(value, arguments(), token.line());
            } else {
                return value;
            }
        }
    }

    /** A filter's name and arguments, after the bar. */
    FilterCall filter() {
        Token token = tokens.expect(Kind.NAME, "the name of a filter");
        if (!Filters.contains(token.text())) {
            throw TemplateError.at(token.line(), "the filter '" + token.text() + "' is not supported");
        }
        return new FilterCall(token.text(), tokens.peek().isOperator("(") ? arguments() : List.of(), token.line());
    }

    private Expression test(Expression input, int line) {
        boolean negated = tokens.skipName("not");
        Token token = tokens.expect(Kind.NAME, "the name of a test");
        if (!Tests.contains(token.text())) {
            throw TemplateError.at(token.line(), "the test '" + token.text() + "' is not supported");
        }
        List<Argument> arguments = List.of();
        if (tokens.peek().isOperator("(")) {
            arguments = arguments();
        } else if (startsTestArgument(tokens.peek())) {
            if (tokens.peek().isName("is")) {
                throw TemplateError.at(line, "tests cannot be chained with 'is'");
            }
            arguments = List.of(new Argument(null, 0, postfix(primary())));
        }
        return new Test(input, token.text(), arguments, negated, line);
    }

    private static boolean startsTestArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !NO_TEST_ARGUMENT.contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }
}
