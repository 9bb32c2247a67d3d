package io.quern.tokenizer;

import io.quern.QuernException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Cuts text at the matches of a pattern. */
final class RegexSplit implements PreTokenizer {
    /** What becomes of matches and of what is between them; the names are those of {@code tokenizer.json}. */
    enum Behavior {
        /** Matches are left out. */
        REMOVED,
        /** Each match and each text between two matches is a piece. */
        ISOLATED,
        /** A match ends the piece before it, but of several in a row only the first one does. */
        MERGED_WITH_PREVIOUS,
        /** A match begins the piece after it, but of several in a row only the last one does. */
        MERGED_WITH_NEXT,
        /** Matches in a row are one piece. */
        CONTIGUOUS
    }

    /** GPT-2's own pattern, which most byte-level tokenizers use after others. */
    static final String GPT_2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private final Pattern pattern;
    private final Behavior behavior;
    private final boolean invert;

    /** One that makes each match and each text between two matches a piece. */
    RegexSplit(String regex) {
        this(regex, Behavior.ISOLATED, false);
    }

    /**
     * One that treats matches as told.
     *
     * @param regex  in the common subset of the Oniguruma and Java dialects
     * @param invert what is between the matches counts as matches, and they do not
     * @throws QuernException if Java does not know the pattern
     */
    RegexSplit(String regex, Behavior behavior, boolean invert) {
        this.pattern = compile(regex);
        this.behavior = behavior;
        this.invert = invert;
    }

    /** The pattern, with \s, \d, \w and letter case by Unicode as Oniguruma has them. */
    static Pattern compile(String regex) {
        try {
            return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
        } catch (PatternSyntaxException e) {
            throw new QuernException("the tokenizer's pattern is not understood: " + regex, e);
        }
    }

    @Override
    public void split(String text, boolean atStart, Sink out) {
        Cutter cutter = new Cutter(text, atStart, out);
        Matcher matcher = pattern.matcher(new StepLimit(text, pattern));
        int from = 0;
        try {
            while (matcher.find()) {
                cutter.next(from, matcher.start(), invert);
                cutter.next(matcher.start(), matcher.end(), !invert);
                from = matcher.end();
            }
        } catch (StackOverflowError e) {
            throw new QuernException("the tokenizer's pattern recurses too deeply on this text: " + pattern, e);
        }
        cutter.next(from, text.length(), invert);
        cutter.flush();
    }

    /** Takes matches and texts between them in their order, and keeps back what the next one may be joined to. */
    private final class Cutter {
        private final String text;
        private final boolean atStart;
        private final Sink out;
        private int from;
        private int to;
        private boolean lastMatches;

        Cutter(String text, boolean atStart, Sink out) {
            this.text = text;
            this.atStart = atStart;
            this.out = out;
        }

        void next(int start, int end, boolean matches) {
            if (start == end) {
                return;
            }
            boolean joined = to > from && switch (behavior) {
                case REMOVED, ISOLATED -> false;
                case MERGED_WITH_PREVIOUS -> matches && !lastMatches;
                case MERGED_WITH_NEXT -> !matches && lastMatches;
                case CONTIGUOUS -> matches == lastMatches;
            };
            if (!joined) {
                flush();
                from = start;
            }
            to = end;
            lastMatches = matches;
        }

        void flush() {
            if (to > from && !(behavior == Behavior.REMOVED && lastMatches)) {
                out.accept(text.substring(from, to), atStart && from == 0);
            }
        }
    }
}
