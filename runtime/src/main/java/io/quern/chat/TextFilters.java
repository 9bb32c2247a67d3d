package io.quern.chat;

import io.quern.chat.Filters.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters that make text. */
final class TextFilters {
    private TextFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("trim", (value, arguments, evaluator) -> StringMethods.strip(text(value, evaluator),
                arguments.bind("trim", "chars").text(0, null), true, true, evaluator.budget()));
        filters.put("upper", plain("upper", text -> text.toUpperCase(Locale.ROOT)));
        filters.put("lower", plain("lower", text -> text.toLowerCase(Locale.ROOT)));
        filters.put("capitalize", plain("capitalize", StringMethods::capitalize));
        filters.put("title", plain("title", TextFilters::title));
        filters.put("string", plain("string", text -> text));
        filters.put("safe", plain("safe", text -> text));
        filters.put("escape", plain("escape", TextFilters::escape));
        filters.put("e", filters.get("escape"));
        filters.put("replace", TextFilters::replace);
        filters.put("indent", TextFilters::indent);
        filters.put("center", (value, arguments, evaluator) -> {
            int width = arguments.bind("center", "width").number(0, 80);
            return StringMethods.call(text(value, evaluator), "center",
                    new Arguments(List.of((long) width), Map.of()), evaluator.budget());
        });
        filters.put("truncate", TextFilters::truncate);
        filters.put("wordcount", (value, arguments, evaluator) -> {
            arguments.bind("wordcount");
            return wordCount(text(value, evaluator));
        });
        filters.put("tojson", (value, arguments, evaluator) -> JsonText.of(value, arguments, evaluator.budget()));
        filters.put("join", TextFilters::join);
    }

    private static String text(Object value, Evaluator evaluator) {
        return PythonText.str(value, evaluator.budget());
    }

    private static Filter plain(String name, java.util.function.UnaryOperator<String> function) {
        return (value, arguments, evaluator) -> {
            arguments.bind("filter '" + name + "'");
            return function.apply(text(value, evaluator));
        };
    }

    /** Unlike the method of the same name: a word starts after white space, a hyphen or an opening bracket. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean start = true;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            String letter = Character.toString(c);
            out.append(start ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
            start = "-({[<".indexOf(c) >= 0 || c < 0x10000 && PythonText.isSpace((char) c);
        }
        return out.toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static Object replace(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'replace'", "old", "new", "count");
        return StringMethods.replace(text(value, evaluator), text(bound.get(0), evaluator),
                text(bound.get(1), evaluator), bound.or(2, null) == null ? -1 : bound.number(2, -1),
                evaluator.budget());
    }

    private static Object indent(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'indent'", "width", "first", "blank");
        Budget budget = evaluator.budget();
        String margin;
        if (bound.or(0, null) instanceof String given) {
            margin = given;
        } else {
            int width = Math.max(0, bound.number(0, 4));
            budget.text(width);
            margin = " ".repeat(width);
        }
        List<Object> lines = Splits.lines(text(value, evaluator) + "\n", false, budget);
        StringBuilder out = new StringBuilder(bound.flag(1) ? margin : "");
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            out.append(i == 0 ? "" : "\n").append(i > 0 && (bound.flag(2) || !line.isEmpty()) ? margin : "");
            out.append(line);
            budget.steps(1 + margin.length() / 64);
            if (out.length() > Budget.MAX_TEXT) {
                budget.text(out.length());
            }
        }
        return out.toString();
    }

    private static Object truncate(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'truncate'", "length", "killwords", "end", "leeway");
        String text = text(value, evaluator);
        int length = bound.number(0, 255);
        String end = bound.text(2, "...");
        int keep = length - end.codePointCount(0, end.length());
        if (keep < 0) {
            throw new TemplateError("truncate: expected a length of at least that of the end, found " + length);
        }
        if (text.codePointCount(0, text.length()) <= (long) length + bound.number(3, 5)) {
            return text;
        }
        String kept = text.substring(0, text.offsetByCodePoints(0, keep));
        int space = bound.flag(1) ? -1 : kept.lastIndexOf(' ');
        return (space < 0 ? kept : kept.substring(0, space)) + end;
    }

    private static long wordCount(String text) {
        long count = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            boolean letter = Character.isLetterOrDigit(text.codePointAt(i)) || text.charAt(i) == '_';
            count += letter && !inWord ? 1 : 0;
            inWord = letter;
        }
        return count;
    }

    private static Object join(Object value, Arguments arguments, Evaluator evaluator) {
        Arguments.Bound bound = arguments.bind("filter 'join'", "d", "attribute");
        List<Object> texts = new ArrayList<>();
        Object attribute = bound.or(1, null);
        for (Object element : Values.elements(value, evaluator.budget())) {
            Object part = attribute == null ? element : SelectionFilters.attribute(element, attribute, evaluator);
            texts.add(text(part, evaluator));
        }
        evaluator.budget().elements(texts.size());
        return StringMethods.join(text(bound.or(0, ""), evaluator), texts, evaluator.budget());
    }
}
