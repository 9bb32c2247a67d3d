package io.quern.tokenizer;

import io.quern.QuernException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Makes each match of a pattern a piece, and what is between two matches too. */
final class RegexSplit implements PreTokenizer {
    /** GPT-2's own pattern, which most byte-level tokenizers use after others. */
    static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private final Pattern pattern;

    /**
     * @param regex in the common subset of the Oniguruma and Java dialects
     * @throws QuernException if Java does not know it
     */
    RegexSplit(String regex) {
        try {
            // As Oniguruma does it: \s, \d, \w and letter case by Unicode.
            pattern = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
        } catch (PatternSyntaxException e) {
            throw new QuernException("the pre-tokenizer's pattern is not understood: " + regex, e);
        }
    }

    @Override
    public void split(String text, boolean atStart, Sink out) {
        Matcher matcher = pattern.matcher(new StepLimit(text));
        int from = 0;
        try {
            while (matcher.find()) {
                if (matcher.start() > from) {
                    out.accept(text.substring(from, matcher.start()), atStart && from == 0);
                }
                if (matcher.end() > matcher.start()) {
                    out.accept(matcher.group(), atStart && matcher.start() == 0);
                }
                from = matcher.end();
            }
        } catch (StackOverflowError e) {
            throw new QuernException("the pre-tokenizer's pattern recurses too deeply on this text: " + pattern, e);
        }
        if (from < text.length()) {
            out.accept(text.substring(from), atStart && from == 0);
        }
    }

    /** The text, with an end to the patience with patterns that look at each character again and again. */
    private final class StepLimit implements CharSequence {
        private static final long STEPS_PER_CHAR = 2000;

        private final String text;
        private long steps;

        StepLimit(String text) {
            this.text = text;
            this.steps = STEPS_PER_CHAR * (text.length() + 1000L);
        }

        @Override
        public char charAt(int index) {
            if (--steps < 0) {
                throw new QuernException("the pre-tokenizer's pattern takes too many steps on this text: " + pattern);
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
