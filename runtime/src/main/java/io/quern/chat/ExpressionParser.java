package io.quern.chat;

import io.quern.chat.Expression.And;
import io.quern.chat.Expression.Arithmetic;
import io.quern.chat.Expression.Comparison;
import io.quern.chat.Expression.Concatenation;
import io.quern.chat.Expression.Conditional;
import io.quern.chat.Expression.Not;
import io.quern.chat.Expression.Operand;
import io.quern.chat.Expression.Or;
import io.quern.chat.Expression.Sign;
import io.quern.chat.Expression.TupleLiteral;
import io.quern.chat.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Expressions by recursive descent, loosest binding first; {@link PrimaryParser} reads what binds tightest. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenReader tokens;
    private final PrimaryParser primary;

    ExpressionParser(TokenReader tokens, MacroScopes macros) {
        this.tokens = tokens;
        this.primary = new PrimaryParser(tokens, this, macros);
    }

    PrimaryParser primary() {
        return primary;
    }

    Expression expression() {
        tokens.enter();
        int line = tokens.line();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression test = or();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            value = new Conditional(test, value, otherwise, line);
        }
        tokens.leave();
        return value;
    }

    /**
     * An expression, or a tuple where commas follow; {@code conditional} says whether {@code a if b} may stand here.
     */
    Expression tuple(boolean conditional) {
        int line = tokens.line();
        Expression first = conditional ? expression() : or();
        if (!tokens.peek().isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !endsTuple()) {
            items.add(conditional ? expression() : or());
        }
        return new TupleLiteral(items, line);
    }

    private boolean endsTuple() {
        Token token = tokens.peek();
        return token.kind() == Kind.BLOCK_END || token.kind() == Kind.OUTPUT_END || token.isOperator(")");
    }

    Expression or() {
        int line = tokens.line();
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Or(left, and(), line);
        }
        return left;
    }

    private Expression and() {
        int line = tokens.line();
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new And(left, not(), line);
        }
        return left;
    }

    private Expression not() {
        int line = tokens.line();
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression operand = not();
        tokens.leave();
        return new Not(operand, line);
    }

    private Expression comparison() {
        int line = tokens.line();
        Expression first = sum();
        List<Operand> rest = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.take();
                rest.add(new Operand(token.text(), sum()));
            } else if (tokens.skipName("in")) {
                rest.add(new Operand("in", sum()));
            } else if (token.isName("not") && tokens.peekSecond().isName("in")) {
                tokens.take();
                tokens.take();
                rest.add(new Operand("not in", sum()));
            } else {
                return rest.isEmpty() ? first : new Comparison(first, rest, line);
            }
        }
    }

    private Expression sum() {
        int line = tokens.line();
        Expression left = concatenation();
        while (tokens.peek().isOperator("+") || tokens.peek().isOperator("-")) {
            left = new Arithmetic(tokens.take().text(), left, concatenation(), line);
        }
        return left;
    }

    private Expression concatenation() {
        int line = tokens.line();
        Expression first = product();
        if (!tokens.peek().isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Concatenation(parts, line);
    }

    private Expression product() {
        int line = tokens.line();
        Expression left = power();
        while (tokens.peek().isOperator("*") || tokens.peek().isOperator("/") || tokens.peek().isOperator("//")
                || tokens.peek().isOperator("%")) {
            left = new Arithmetic(tokens.take().text(), left, power(), line);
        }
        return left;
    }

    /** Left associative, unlike Python's: so is Jinja's. */
    private Expression power() {
        int line = tokens.line();
        Expression left = signed(true);
        while (tokens.skipOperator("**")) {
            left = new Arithmetic("**", left, signed(true), line);
        }
        return left;
    }

    private Expression signed(boolean withFilters) {
        int line = tokens.line();
        Expression value;
        if (tokens.peek().isOperator("-") || tokens.peek().isOperator("+")) {
            boolean negative = tokens.take().text().equals("-");
            tokens.enter();
            value = new Sign(signed(false), negative, line);
            tokens.leave();
        } else {
            value = primary.primary();
        }
        value = primary.postfix(value);
        return withFilters ? primary.filtersAndTests(value) : value;
    }
}
