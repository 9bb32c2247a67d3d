package io.quern.tokenizer;

import java.util.regex.Pattern;

/** Patterns of {@code tokenizer.json}: a literal string, or a regular expression in Oniguruma's (Ruby's) dialect. */
final class HubPattern {
    private HubPattern() {}

    /** The Java spelling of {@code {"String": …}} or {@code {"Regex": …}}. */
    static String regex(JsonFields component) {
        Object plain = component.get("pattern");
        if (plain instanceof String literal) {
            return Pattern.quote(literal);
        }
        JsonFields pattern = component.object("pattern");
        return pattern.has("String") ? Pattern.quote(pattern.string("String")) : translate(pattern.string("Regex"));
    }

    private static String translate(String regex) {
        // The same, but looking at each run of spaces once and not once for each of its spaces.
        String known = regex.equals("\\s+$") ? "(?<!\\s)\\s+$" : regex;
        // Scripts have a prefix in Java. In Ruby's dialect ^ and $ are the ends of lines, and only \n ends one.
        return "(?md)" + known.replaceAll("\\\\([pP])\\{(\\^?)(Han|Hiragana|Katakana|Hangul|Latin|Cyrillic|Greek|Arabic"
                + "|Hebrew|Thai|Devanagari|Bengali|Tamil|Telugu|Armenian|Georgian)\\}", "\\\\$1{$2Is$3}");
    }
}
