package io.quern;

/**
 * Something that the user gave cannot be used: a file, a model, an option. The message says what, where, expected and
 * found.
 */
public class QuernException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QuernException(String message) {
        super(message);
    }

    public QuernException(String message, Throwable cause) {
        super(message, cause);
    }
}
