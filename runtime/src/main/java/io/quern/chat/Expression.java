package io.quern.chat;

import java.util.List;

/** The expressions of the language; each knows its line. */
sealed interface Expression {
    int line();

    record Constant(Object value, int line) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record ListLiteral(List<Expression> items, int line) implements Expression {}

    record TupleLiteral(List<Expression> items, int line) implements Expression {}

    record DictLiteral(List<Expression> keys, List<Expression> values, int line) implements Expression {}

    /** {@code target.name}. */
    record Attribute(Expression target, String name, int line) implements Expression {}

    /** {@code target[index]}. */
    record Item(Expression target, Expression index, int line) implements Expression {}

    /** {@code target[from:to:step]}; a bound that is left out is null. */
    record Slice(Expression target, Expression from, Expression to, Expression step, int line) implements Expression {}

    record Call(Expression target, List<Argument> arguments, int line) implements Expression {}

    /** {@code input | name(arguments)}. */
    record Filter(Expression input, FilterCall call, int line) implements Expression {}

    /** {@code input is [not] name(arguments)}. */
    record Test(Expression input, String name, List<Argument> arguments, boolean negated,
            int line) implements Expression {}

    record Not(Expression operand, int line) implements Expression {}

    /** {@code -operand} or {@code +operand}. */
    record Sign(Expression operand, boolean negative, int line) implements Expression {}

    record Arithmetic(String operator, Expression left, Expression right, int line) implements Expression {}

    /** {@code a ~ b ~ c}. */
    record Concatenation(List<Expression> parts, int line) implements Expression {}

    record And(Expression left, Expression right, int line) implements Expression {}

    record Or(Expression left, Expression right, int line) implements Expression {}

    /** {@code first < second == third}: neighbours are compared, as in Python. */
    record Comparison(Expression first, List<Operand> rest, int line) implements Expression {}

    /** {@code then if test else otherwise}; {@code otherwise} may be null. */
    record Conditional(Expression test, Expression then, Expression otherwise, int line) implements Expression {}

    /** One more comparison: {@code ==, !=, <, <=, >, >=, in, not in}. */
    record Operand(String operator, Expression value) {}

    /** An argument: positional ({@code name} null, stars 0), named, {@code *list} or {@code **dict}. */
    record Argument(String name, int stars, Expression value) {}

    record FilterCall(String name, List<Argument> arguments, int line) {}
}
