package io.quern.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Taking strings apart: {@code split}, {@code rsplit}, {@code splitlines}, {@code partition}. */
final class Splits {
    private Splits() {}

    /** At white space where {@code separator} is null; {@code limit} splits at most, all of them if negative. */
    static List<Object> split(String text, String separator, int limit, boolean fromRight, Budget budget) {
        if (separator != null && separator.isEmpty()) {
            throw new TemplateError("empty separator");
        }
        budget.scan(text.length(), separator == null ? 1 : separator.length());
        List<Object> parts;
        if (separator == null) {
            parts = fromRight ? wordsFromRight(text, limit) : words(text, limit);
        } else {
            parts = fromRight ? fromRight(text, separator, limit) : fromLeft(text, separator, limit);
        }
        budget.elements(parts.size());
        budget.text(text.length());
        return parts;
    }

    private static List<Object> fromLeft(String text, String separator, int limit) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() != limit; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Object> fromRight(String text, String separator, int limit) {
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        int at = text.lastIndexOf(separator);
        while (at >= 0 && parts.size() != limit) {
            parts.add(text.substring(at + separator.length(), end));
            end = at;
            at = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
        }
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    private static List<Object> words(String text, int limit) {
        List<Object> parts = new ArrayList<>();
        int i = spaces(text, 0);
        while (i < text.length() && parts.size() != limit) {
            int end = i;
            while (end < text.length() && !PythonText.isSpace(text.charAt(end))) {
                end++;
            }
            parts.add(text.substring(i, end));
            i = spaces(text, end);
        }
        if (i < text.length()) {
            parts.add(text.substring(i));
        }
        return parts;
    }

    private static int spaces(String text, int from) {
        int i = from;
        while (i < text.length() && PythonText.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private static List<Object> wordsFromRight(String text, int limit) {
        List<Object> parts = new ArrayList<>();
        String rest = PythonText.stripRight(text);
        int end = rest.length();
        while (end > 0 && parts.size() != limit) {
            int start = end;
            while (start > 0 && !PythonText.isSpace(rest.charAt(start - 1))) {
                start--;
            }
            parts.add(rest.substring(start, end));
            end = start;
            while (end > 0 && PythonText.isSpace(rest.charAt(end - 1))) {
                end--;
            }
        }
        if (end > 0) {
            parts.add(rest.substring(0, end));
        }
        Collections.reverse(parts);
        return parts;
    }

    static List<Object> lines(String text, boolean keepEnds, Budget budget) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!endsLine(text.charAt(i))) {
                continue;
            }
            int next = text.charAt(i) == '\r' && text.startsWith("\n", i + 1) ? i + 2 : i + 1;
            lines.add(text.substring(start, keepEnds ? next : i));
            start = next;
            i = next - 1;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        budget.elements(lines.size());
        budget.text(text.length());
        return lines;
    }

    private static boolean endsLine(char c) {
        return c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static List<Object> partition(String text, String separator, boolean fromRight, Budget budget) {
        if (separator.isEmpty()) {
            throw new TemplateError("empty separator");
        }
        budget.scan(text.length(), separator.length());
        budget.text(text.length());
        int at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return PythonList.tuple(fromRight ? List.of("", "", text) : List.of(text, "", ""));
        }
        return PythonList.tuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }
}
