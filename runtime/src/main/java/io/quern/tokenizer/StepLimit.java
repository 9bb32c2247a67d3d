package io.quern.tokenizer;

import io.quern.QuernException;
import java.util.regex.Pattern;

/**
 * A text for a pattern out of a file, with an end to the patience with patterns that look at each character again and
 * again.
 */
final class StepLimit implements CharSequence {
    private static final long STEPS_PER_CHAR = 2000;

    private final String text;
    private final Pattern pattern;
    private long steps;

    StepLimit(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
        this.steps = STEPS_PER_CHAR * (text.length() + 1000L);
    }

    @Override
    public char charAt(int index) {
        if (--steps < 0) {
            throw new QuernException("the tokenizer's pattern takes too many steps on this text: " + pattern);
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
