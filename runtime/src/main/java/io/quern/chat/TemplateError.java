package io.quern.chat;

import io.quern.QuernException;

/** What went wrong in a template, before the line is known; {@link Template} adds it. */
final class TemplateError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TemplateError(String message) {
        super(message, null, false, false);
    }

    /** An error of the language, found while reading the source. */
    static QuernException at(int line, String message) {
        return new QuernException("chat template, line " + line + ": " + message);
    }
}
