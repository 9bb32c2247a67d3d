package io.quern.chat;

import io.quern.QuernException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A parsed template. Immutable: it may render on several threads at once. */
public final class Template {
    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * Parses a template.
     *
     * @throws QuernException if the source is no template, or uses what is not supported; the message names line and
     *     cause
     */
    public static Template parse(String source) {
        if (source.length() > Budget.MAX_SOURCE_LENGTH) {
            throw new QuernException("chat template: expected at most " + Budget.MAX_SOURCE_LENGTH
                    + " characters, found " + source.length());
        }
        return new Template(TemplateParser.parse(source));
    }

    /**
     * Renders the template.
     *
     * @param variables strings, booleans, numbers, lists, maps and null, by name
     * @param now the time that {@code strftime_now} tells
     * @throws QuernException if the template fails, raises an exception itself, or takes too much; the message names
     *     the line and ends with the template's own message, if it has one
     * @throws IllegalArgumentException if a variable is of another type
     */
    public String render(Map<String, ?> variables, Supplier<LocalDateTime> now) {
        Budget budget = new Budget();
        Interpreter interpreter = new Interpreter(budget);
        Scope scope = new Scope(Globals.scope(budget, now));
        variables.forEach((name, value) -> scope.set(name, Values.fromJava(value, name)));
        try {
            return interpreter.render(statements, scope);
        } catch (TemplateError e) {
            throw TemplateError.at(interpreter.evaluator().line(), e.getMessage());
        } catch (StackOverflowError e) {
            throw TemplateError.at(interpreter.evaluator().line(), "nests too deeply for this thread's stack");
        }
    }
}
