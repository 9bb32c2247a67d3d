package io.quern.chat;

import io.quern.chat.Expression.Call;
import io.quern.chat.Expression.FilterCall;
import io.quern.chat.Statement.Branch;
import io.quern.chat.Statement.MacroDefinition;
import io.quern.chat.Statement.Target;
import io.quern.chat.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tokens to statements. A tag that the language here does not have is refused by its name. */
final class TemplateParser {
    private final TokenReader tokens;
    private final MacroScopes macros = new MacroScopes();
    private final ExpressionParser expressions;
    private int loopDepth;

    private TemplateParser(List<Token> tokens) {
        this.tokens = new TokenReader(tokens);
        this.expressions = new ExpressionParser(this.tokens, macros);
    }

    static List<Statement> parse(String source) {
        TemplateParser parser = new TemplateParser(Lexer.tokens(source));
        List<Statement> statements = parser.statements(Set.of());
        if (parser.tokens.peek().kind() != Kind.END) {
            throw parser.tokens.unexpected("the end of the template");
        }
        return statements;
    }

    /**
     * Statements up to a tag named in {@code ends}, whose name is the next token then; or to the end of the template.
     */
    private List<Statement> statements(Set<String> ends) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            switch (token.kind()) {
                case TEXT -> statements.add(new Statement.Text(tokens.take().text(), token.line()));
                case OUTPUT_BEGIN -> {
                    tokens.take();
                    statements.add(new Statement.Output(expressions.tuple(true), token.line()));
                    tokens.expect(Kind.OUTPUT_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    tokens.take();
                    if (tokens.peek().kind() == Kind.NAME && ends.contains(tokens.peek().text())) {
                        tokens.leave();
                        return statements;
                    }
                    statements.add(block());
                    tokens.expect(Kind.BLOCK_END, "'%}'");
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw TemplateError.at(token.line(), "the template ends before " + String.join(" or ",
                                ends.stream().sorted().map(end -> "'" + end + "'").toList()));
                    }
                    tokens.leave();
                    return statements;
                }
            }
        }
    }

    /** A body that follows the rest of its opening tag, up to the end tag's name, which is taken. */
    private List<Statement> body(String end) {
        tokens.expect(Kind.BLOCK_END, "'%}'");
        List<Statement> body = statements(Set.of(end));
        tokens.expectName(end);
        return body;
    }

    private Statement block() {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> ifStatement(line);
            case "for" -> forStatement(line);
            case "set" -> set(line);
            case "macro" -> new Statement.DefineMacro(macro(tokens.expect(Kind.NAME, "the macro's name").text(),
                    "endmacro"), line);
            case "call" -> callBlock(line);
            case "filter" -> {
                List<FilterCall> filters = new ArrayList<>(List.of(expressions.primary().filter()));
                filters.addAll(filters());
                yield new Statement.FilterBlock(filters, outsideLoops("endfilter"), line);
            }
            case "with" -> with(line);
            case "generation" -> new Statement.With(List.of(), List.of(), body("endgeneration"), line);
            case "break", "continue" -> {
                if (loopDepth == 0) {
                    throw TemplateError.at(line, "'" + tag.text() + "' outside of a loop");
                }
                yield new Statement.LoopControl(tag.text().equals("break"), line);
            }
            default -> throw TemplateError.at(line, "the tag '" + tag.text() + "' is not supported here");
        };
    }

    private Statement ifStatement(int line) {
        List<Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        Expression test = expressions.tuple(false);
        while (true) {
            tokens.expect(Kind.BLOCK_END, "'%}'");
            List<Statement> body = statements(Set.of("elif", "else", "endif"));
            branches.add(new Branch(test, body));
            if (tokens.skipName("elif")) {
                test = expressions.tuple(false);
                continue;
            }
            if (tokens.skipName("else")) {
                otherwise = body("endif");
            } else {
                tokens.expectName("endif");
            }
            return new Statement.If(branches, otherwise, line);
        }
    }

    private Statement forStatement(int line) {
        Target target = targets();
        if (target instanceof Target.Variable variable && variable.name().equals("loop")) {
            throw TemplateError.at(line, "'loop' cannot be the variable of a loop");
        }
        tokens.expectName("in");
        Expression iterable = expressions.tuple(false);
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        if (tokens.peek().isName("recursive")) {
            throw TemplateError.at(tokens.line(), "'recursive' loops are not supported");
        }
        tokens.expect(Kind.BLOCK_END, "'%}'");
        loopDepth++;
        List<Statement> body = statements(Set.of("else", "endfor"));
        loopDepth--;
        List<Statement> otherwise = List.of();
        if (tokens.skipName("else")) {
            otherwise = body("endfor");
        } else {
            tokens.expectName("endfor");
        }
        return new Statement.For(target, iterable, filter, body, otherwise, line);
    }

    private Statement set(int line) {
        Target target = targets();
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(target, expressions.tuple(true), line);
        }
        List<FilterCall> filters = filters();
        return new Statement.AssignBlock(target, filters, outsideLoops("endset"), line);
    }

    private List<FilterCall> filters() {
        List<FilterCall> filters = new ArrayList<>();
        while (tokens.skipOperator("|")) {
            filters.add(expressions.primary().filter());
        }
        return filters;
    }

    /** A body whose text is captured: break and continue cannot leave it. */
    private List<Statement> outsideLoops(String end) {
        int saved = loopDepth;
        loopDepth = 0;
        List<Statement> body = body(end);
        loopDepth = saved;
        return body;
    }

    private Statement callBlock(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.peek().isOperator("(")) {
            parameters(parameters, defaults);
        }
        Expression call = expressions.expression();
        if (!(call instanceof Call)) {
            throw TemplateError.at(line, "'call' needs a call, such as {% call name() %}");
        }
        MacroDefinition caller = definition("caller", parameters, defaults, "endcall");
        return new Statement.CallBlock(caller, (Call) call, line);
    }

    private MacroDefinition macro(String name, String end) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        parameters(parameters, defaults);
        return definition(name, parameters, defaults, end);
    }

    private MacroDefinition definition(String name, List<String> parameters, List<Expression> defaults, String end) {
        macros.enter();
        List<Statement> body = outsideLoops(end);
        Set<String> names = macros.leave();
        return new MacroDefinition(name, parameters, defaults, body, names.contains("varargs"),
                names.contains("kwargs"), names.contains("caller"));
    }

    private void parameters(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            parameters.add(tokens.expect(Kind.NAME, "a parameter's name").text());
            Expression value = tokens.skipOperator("=") ? expressions.expression() : null;
            if (value == null && !defaults.isEmpty() && defaults.getLast() != null) {
                throw TemplateError.at(tokens.line(), "a parameter without a default follows one with a default");
            }
            defaults.add(value);
            if (!tokens.peek().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
    }

    private Statement with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (tokens.peek().kind() != Kind.BLOCK_END) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target());
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(targets, values, body("endwith"), line);
    }

    private Target targets() {
        Target first = target();
        if (!tokens.peek().isOperator(",")) {
            return first;
        }
        List<Target> targets = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && (tokens.peek().kind() == Kind.NAME && !tokens.peek().isName("in")
                || tokens.peek().isOperator("("))) {
            targets.add(target());
        }
        return new Target.Several(targets);
    }

    private Target target() {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = targets();
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        Token name = tokens.expect(Kind.NAME, "a name to assign to");
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw TemplateError.at(name.line(), "cannot assign to '" + name.text() + "'");
        }
        if (tokens.skipOperator(".")) {
            return new Target.NamespaceField(name.text(), tokens.expect(Kind.NAME, "a field's name").text());
        }
        return new Target.Variable(name.text());
    }
}
