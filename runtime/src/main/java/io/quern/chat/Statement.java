package io.quern.chat;

import io.quern.chat.Expression.Call;
import io.quern.chat.Expression.FilterCall;
import java.util.List;

/** The statements of the language, text and output included. */
sealed interface Statement {
    int line();

    record Text(String text, int line) implements Statement {}

    record Output(Expression value, int line) implements Statement {}

    record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

    /** {@code filter} may be null. */
    record For(Target target, Expression iterable, Expression filter, List<Statement> body, List<Statement> otherwise,
            int line) implements Statement {}

    record Assign(Target target, Expression value, int line) implements Statement {}

    /** {@code {% set name | filter %}...{% endset %}}. */
    record AssignBlock(Target target, List<FilterCall> filters, List<Statement> body, int line) implements Statement {}

    record DefineMacro(MacroDefinition macro, int line) implements Statement {}

    record CallBlock(MacroDefinition caller, Call call, int line) implements Statement {}

    record FilterBlock(List<FilterCall> filters, List<Statement> body, int line) implements Statement {}

    /** {@code with} and {@code generation}: a scope of its own. */
    record With(List<Target> targets, List<Expression> values, List<Statement> body, int line) implements Statement {}

    record LoopControl(boolean isBreak, int line) implements Statement {}

    record Branch(Expression test, List<Statement> body) {}

    /** Parameters without a default have null in {@code defaults}. The flags say which extras the body asks for. */
    record MacroDefinition(String name, List<String> parameters, List<Expression> defaults, List<Statement> body,
            boolean usesVarargs, boolean usesKwargs, boolean usesCaller) {}

    /** What is assigned to. */
    sealed interface Target {
        record Variable(String name) implements Target {}

        record NamespaceField(String namespace, String field) implements Target {}

        record Several(List<Target> targets) implements Target {}
    }
}
