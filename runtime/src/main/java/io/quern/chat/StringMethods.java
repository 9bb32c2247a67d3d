package io.quern.chat;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The methods of {@code str}. Positions and widths count code points. */
final class StringMethods {
    static final Set<String> SUPPORTED = Set.of("strip", "lstrip", "rstrip", "split", "rsplit", "splitlines",
            "partition", "rpartition", "startswith", "endswith", "upper", "lower", "title", "capitalize", "swapcase",
            "casefold", "replace", "join", "find", "rfind", "index", "rindex", "count", "isdigit", "isdecimal",
            "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower", "isascii", "zfill", "ljust", "rjust",
            "center", "removeprefix", "removesuffix");
    static final Set<String> UNSUPPORTED = Set.of("format", "format_map", "encode", "translate", "maketrans",
            "expandtabs", "istitle", "isidentifier", "isprintable");

    private StringMethods() {}

    static Object call(String text, String name, Arguments arguments, Budget budget) {
        budget.scan(text.length(), 1);
        for (Object argument : arguments.positional()) {
            if (argument instanceof String part) {
                budget.scan(part.length(), 1);
            }
        }
        Object result = switch (name) {
            case "strip", "lstrip", "rstrip" -> {
                String characters = arguments.bind(name, "chars").text(0, null);
                yield strip(text, characters, !name.equals("rstrip"), !name.equals("lstrip"), budget);
            }
            case "split", "rsplit" -> {
                Arguments.Bound bound = arguments.bind(name, "sep", "maxsplit");
                yield Splits.split(text, bound.text(0, null), bound.number(1, -1), name.equals("rsplit"), budget);
            }
            case "splitlines" -> Splits.lines(text, arguments.bind(name, "keepends").flag(0), budget);
            case "partition", "rpartition" -> Splits.partition(text, arguments.bind(name, "sep").text(0, ""),
                    name.equals("rpartition"), budget);
            case "startswith", "endswith" -> hasAffix(text, name, arguments, budget);
            case "replace" -> {
                Arguments.Bound bound = arguments.bind(name, "old", "new", "count");
                bound.get(1);
                yield replace(text, bound.text(0, null), bound.text(1, null), bound.number(2, -1), budget);
            }
            case "join" -> join(text, arguments.bind(name, "iterable").get(0), budget);
            case "find", "rfind", "index", "rindex", "count" -> search(text, name, arguments, budget);
            case "zfill", "ljust", "rjust", "center" -> pad(text, name, arguments, budget);
            case "removeprefix" -> {
                String prefix = arguments.bind(name, "prefix").text(0, "");
                yield text.startsWith(prefix) ? text.substring(prefix.length()) : text;
            }
            case "removesuffix" -> {
                String suffix = arguments.bind(name, "suffix").text(0, "");
                yield text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
            }
            default -> {
                arguments.bind(name);
                yield plain(text, name);
            }
        };
        if (result instanceof String made) {
            budget.text(made.length());
        }
        return result;
    }

    private static Object plain(String text, String name) {
        return switch (name) {
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "casefold" -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> capitalize(text);
            case "swapcase" -> swapCase(text);
            case "isupper" -> isUpper(text);
            case "islower" -> isLower(text);
            case "isascii" -> text.chars().allMatch(c -> c < 0x80);
            default -> !text.isEmpty() && text.codePoints().allMatch(c -> hasProperty(c, name));
        };
    }

    private static boolean hasProperty(int c, String name) {
        int type = Character.getType(c);
        boolean numeric = type == Character.DECIMAL_DIGIT_NUMBER || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
        return switch (name) {
            case "isdecimal" -> type == Character.DECIMAL_DIGIT_NUMBER;
            case "isdigit" -> type == Character.DECIMAL_DIGIT_NUMBER || "¹²³⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉".indexOf(c) >= 0;
            case "isnumeric" -> numeric;
            case "isalpha" -> Character.isLetter(c);
            case "isalnum" -> Character.isLetter(c) || numeric;
            case "isspace" -> c < 0x10000 && PythonText.isSpace((char) c);
            default -> throw new IllegalStateException(name);
        };
    }

    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int end = text.offsetByCodePoints(0, 1);
        return new StringBuilder().appendCodePoint(Character.toTitleCase(text.codePointAt(0)))
                .append(text.substring(end).toLowerCase(Locale.ROOT)).toString();
    }

    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c);
        }
        return out.toString();
    }

    private static String swapCase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> out.appendCodePoint(
                Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c)));
        return out.toString();
    }

    /** Strips white space, or every character of {@code characters} where it is given. */
    static String strip(String text, String characters, boolean left, boolean right, Budget budget) {
        if (characters == null) {
            String stripped = left ? PythonText.stripLeft(text) : text;
            return right ? PythonText.stripRight(stripped) : stripped;
        }
        int start = 0;
        int end = text.length();
        while (left && start < end && characters.indexOf(text.codePointAt(start)) >= 0) {
            budget.scan(characters.length(), 1);
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && characters.indexOf(text.codePointBefore(end)) >= 0) {
            budget.scan(characters.length(), 1);
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static boolean hasAffix(String text, String name, Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.bind(name, "prefix", "start", "end");
        String part = (String) Slices.slice(text, bound.or(1, null), bound.or(2, null), null, budget);
        Object wanted = bound.get(0);
        List<?> affixes = wanted instanceof PythonList tuple ? tuple : List.of(wanted == null ? 0 : wanted);
        for (Object affix : affixes) {
            budget.step();
            if (!(affix instanceof String string)) {
                throw new TemplateError(name + " expects a string, found " + Values.typeName(wanted));
            }
            budget.scan(string.length(), 1);
            if (name.equals("startswith") ? part.startsWith(string) : part.endsWith(string)) {
                return true;
            }
        }
        return false;
    }

    static String replace(String text, String old, String replacement, int count, Budget budget) {
        if (old == null || replacement == null) {
            throw new TemplateError("replace expects two strings");
        }
        budget.scan(text.length(), old.length());
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        int limit = count < 0 ? Integer.MAX_VALUE : count;
        for (int done = 0; done < limit; done++) {
            int found = old.isEmpty() && done == 0 ? 0 : text.indexOf(old, old.isEmpty() ? from + 1 : from);
            if (found < 0 || old.isEmpty() && done > text.length()) {
                break;
            }
            out.append(text, from, found).append(replacement);
            from = found + old.length();
            budget.steps(1 + replacement.length() / 64);
            if (out.length() > Budget.MAX_TEXT) {
                budget.text(out.length());
            }
        }
        return out.append(text, from, text.length()).toString();
    }

    static String join(String separator, Object iterable, Budget budget) {
        StringBuilder out = new StringBuilder();
        boolean first = true;
        int index = 0;
        for (Object element : Values.elements(iterable, budget)) {
            if (!(element instanceof String text)) {
                throw new TemplateError("sequence item " + index + ": expected str instance, "
                        + Values.typeName(element) + " found");
            }
            out.append(first ? "" : separator).append(text);
            budget.steps(1 + (text.length() + separator.length()) / 64);
            if (out.length() > Budget.MAX_TEXT) {
                budget.text(out.length());
            }
            first = false;
            index++;
        }
        return out.toString();
    }

    private static Object search(String text, String name, Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.bind(name, "sub", "start", "end");
        if (!(bound.get(0) instanceof String wanted)) {
            throw new TemplateError(name + " expects a string, found " + Values.typeName(bound.get(0)));
        }
        String part = (String) Slices.slice(text, bound.or(1, null), bound.or(2, null), null, budget);
        budget.scan(part.length(), wanted.length());
        if (name.equals("count")) {
            return count(part, wanted);
        }
        int found = name.startsWith("r") ? part.lastIndexOf(wanted) : part.indexOf(wanted);
        if (found < 0) {
            if (name.endsWith("index")) {
                throw new TemplateError(name + ": substring not found");
            }
            return -1L;
        }
        int start = bound.number(1, 0);
        long length = text.codePointCount(0, text.length());
        long offset = start < 0 ? Math.max(0, start + length) : start;
        return offset + part.codePointCount(0, found);
    }

    private static long count(String text, String wanted) {
        if (wanted.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1L;
        }
        long count = 0;
        for (int i = text.indexOf(wanted); i >= 0; i = text.indexOf(wanted, i + wanted.length())) {
            count++;
        }
        return count;
    }

    private static String pad(String text, String name, Arguments arguments, Budget budget) {
        Arguments.Bound bound = arguments.bind(name, "width", "fillchar");
        bound.get(0);
        String fill = name.equals("zfill") ? "0" : bound.text(1, " ");
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw new TemplateError(name + ": the fill character must be exactly one character long");
        }
        int width = bound.number(0, 0);
        int missing = Math.max(0, width - text.codePointCount(0, text.length()));
        budget.text((long) text.length() + 2L * missing);
        boolean signed = name.equals("zfill") && (text.startsWith("-") || text.startsWith("+"));
        int left = switch (name) {
            case "ljust" -> 0;
            case "center" -> missing / 2 + (missing & width & 1);
            default -> missing;
        };
        return (signed ? text.substring(0, 1) : "") + fill.repeat(left) + (signed ? text.substring(1) : text)
                + fill.repeat(missing - left);
    }
}
