package io.quern.chat;

import io.quern.chat.Statement.MacroDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro with the scope it was defined in. */
final class Macro implements Callable {
    private final MacroDefinition definition;
    private final Scope scope;
    private final Interpreter interpreter;

    Macro(MacroDefinition definition, Scope scope, Interpreter interpreter) {
        this.definition = definition;
        this.scope = scope;
        this.interpreter = interpreter;
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public String call(Arguments arguments) {
        return call(arguments, Undefined.name("caller"));
    }

    boolean hasAttribute(String name) {
        return name.equals("name") || name.equals("arguments");
    }

    Object attribute(String name) {
        return name.equals("name") ? definition.name() : PythonList.tuple(new ArrayList<>(definition.parameters()));
    }

    String call(Arguments arguments, Object caller) {
        Scope inner = new Scope(scope);
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        Object namedCaller = named.remove("caller");
        List<Object> positional = arguments.positional();
        List<String> parameters = definition.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            inner.set(parameters.get(i), value(i, positional, named, inner));
        }
        extras(positional, named, inner);
        if (definition.usesCaller() || !(caller instanceof Undefined) || namedCaller != null) {
            if (!definition.usesCaller()) {
                throw new TemplateError("macro '" + name() + "' was called with a block but uses no 'caller'");
            }
            inner.set("caller", namedCaller != null ? namedCaller : caller);
        }
        return interpreter.capture(definition.body(), inner);
    }

    private Object value(int index, List<Object> positional, Map<String, Object> named, Scope inner) {
        String parameter = definition.parameters().get(index);
        if (index < positional.size()) {
            if (named.containsKey(parameter)) {
                throw new TemplateError("macro '" + name() + "' got two values for '" + parameter + "'");
            }
            return positional.get(index);
        }
        if (named.containsKey(parameter)) {
            return named.remove(parameter);
        }
        Expression otherwise = definition.defaults().get(index);
        return otherwise != null ? interpreter.evaluator().evaluate(otherwise, inner)
                : new Undefined("parameter '" + parameter + "' was not provided");
    }

    private void extras(List<Object> positional, Map<String, Object> named, Scope inner) {
        int known = definition.parameters().size();
        if (definition.usesVarargs()) {
            inner.set("varargs", PythonList.tuple(positional.size() > known
                    ? new ArrayList<>(positional.subList(known, positional.size())) : List.of()));
        } else if (positional.size() > known) {
            throw new TemplateError("macro '" + name() + "' takes not more than " + known + " argument(s)");
        }
        if (definition.usesKwargs()) {
            inner.set("kwargs", named);
        } else if (!named.isEmpty()) {
            throw new TemplateError("macro '" + name() + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
    }
}
