package io.quern.chat;

import io.quern.chat.Expression.FilterCall;
import io.quern.chat.Statement.Branch;
import io.quern.chat.Statement.Target;
import java.util.ArrayList;
import java.util.List;

/** Statements to text. One interpreter renders once. */
final class Interpreter {
    /** How a run of statements ended. */
    private enum End { NORMAL, BREAK, CONTINUE }

    private final Evaluator evaluator;
    private final Budget budget;
    private StringBuilder out = new StringBuilder();

    Interpreter(Budget budget) {
        this.budget = budget;
        this.evaluator = new Evaluator(budget);
    }

    Evaluator evaluator() {
        return evaluator;
    }

    String render(List<Statement> statements, Scope scope) {
        execute(statements, scope);
        return out.toString();
    }

    private End execute(List<Statement> statements, Scope scope) {
        budget.enter();
        End end = End.NORMAL;
        for (Statement statement : statements) {
            budget.step();
            evaluator.at(statement.line());
            end = execute(statement, scope);
            if (end != End.NORMAL) {
                break;
            }
        }
        budget.leave();
        return end;
    }

    private End execute(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text text -> print(text.text());
            case Statement.Output output -> print(PythonText.str(evaluator.evaluate(output.value(), scope), budget));
            case Statement.If choice -> {
                return choose(choice, scope);
            }
            case Statement.For loop -> {
                return loop(loop, scope);
            }
            case Statement.Assign assign -> assign(assign.target(), evaluator.evaluate(assign.value(), scope), scope);
            case Statement.AssignBlock block -> assign(block.target(),
                    filtered(capture(block.body(), new Scope(scope)), block.filters(), scope), scope);
            case Statement.DefineMacro define ->
                scope.set(define.macro().name(), new Macro(define.macro(), scope, this));
            case Statement.CallBlock block -> print(callBlock(block, scope));
            case Statement.FilterBlock block -> print(PythonText.str(
                    filtered(capture(block.body(), new Scope(scope)), block.filters(), scope), budget));
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluator.evaluate(with.values().get(i), scope), inner);
                }
                return execute(with.body(), inner);
            }
            case Statement.LoopControl control -> {
                return control.isBreak() ? End.BREAK : End.CONTINUE;
            }
        }
        return End.NORMAL;
    }

    private void print(String text) {
        budget.text((long) out.length() + text.length() > Budget.MAX_TEXT ? Budget.MAX_TEXT + 1L : text.length());
        out.append(text);
    }

    /** What statements print, kept from the output. */
    String capture(List<Statement> statements, Scope scope) {
        StringBuilder saved = out;
        out = new StringBuilder();
        execute(statements, scope);
        String text = out.toString();
        out = saved;
        return text;
    }

    private Object filtered(String text, List<FilterCall> filters, Scope scope) {
        Object value = text;
        for (FilterCall filter : filters) {
            value = evaluator.filter(value, filter, scope);
        }
        return value;
    }

    private String callBlock(Statement.CallBlock block, Scope scope) {
        Object target = evaluator.evaluate(block.call().target(), scope);
        Arguments arguments = evaluator.arguments(block.call().arguments(), scope);
        Macro caller = new Macro(block.caller(), scope, this);
        if (!(target instanceof Macro macro)) {
            throw new TemplateError("'call' needs a macro, found " + Values.typeName(target));
        }
        return macro.call(arguments, caller);
    }

    private End choose(Statement.If choice, Scope scope) {
        for (Branch branch : choice.branches()) {
            if (Values.truthy(evaluator.evaluate(branch.test(), scope))) {
                return execute(branch.body(), scope);
            }
        }
        return execute(choice.otherwise(), scope);
    }

    private End loop(Statement.For loop, Scope scope) {
        List<Object> items = Values.elements(evaluator.evaluate(loop.iterable(), scope), budget);
        if (loop.filter() != null) {
            items = kept(items, loop, scope);
        }
        if (items.isEmpty()) {
            return execute(loop.otherwise(), new Scope(scope));
        }
        LoopState state = new LoopState(items);
        for (int i = 0; i < items.size(); i++) {
            state.moveTo(i);
            Scope inner = new Scope(scope);
            inner.set("loop", state);
            assign(loop.target(), items.get(i), inner);
            if (execute(loop.body(), inner) == End.BREAK) {
                break;
            }
        }
        return End.NORMAL;
    }

    private List<Object> kept(List<Object> items, Statement.For loop, Scope scope) {
        List<Object> kept = new ArrayList<>();
        for (Object item : items) {
            Scope inner = new Scope(scope);
            assign(loop.target(), item, inner);
            if (Values.truthy(evaluator.evaluate(loop.filter(), inner))) {
                kept.add(item);
            }
        }
        budget.elements(kept.size());
        return kept;
    }

    private void assign(Target target, Object value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.NamespaceField field -> {
                if (!(scope.get(field.namespace()) instanceof Namespace namespace)) {
                    throw new TemplateError("cannot set '" + field.field() + "' of '" + field.namespace()
                            + "': it is no namespace");
                }
                namespace.fields.put(field.field(), value);
            }
            case Target.Several several -> {
                List<Object> values = Values.elements(value, budget);
                if (values.size() != several.targets().size()) {
                    throw new TemplateError("cannot unpack " + values.size() + " values to "
                            + several.targets().size() + " names");
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(several.targets().get(i), values.get(i), scope);
                }
            }
        }
    }
}
