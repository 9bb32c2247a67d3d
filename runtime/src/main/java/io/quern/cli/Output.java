package io.quern.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Standard output: text in UTF-8 whatever the locale is, every piece passed on at once. */
final class Output {
    private final OutputStream stream;

    Output(OutputStream stream) {
        this.stream = stream;
    }

    /**
     * Writes a text.
     *
     * @throws ClosedOutputException if the reader of the pipe has gone
     * @throws UncheckedIOException if it cannot be written otherwise, as on a full disk
     */
    void print(String text) {
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).toLowerCase().contains("pipe")) {
                throw new ClosedOutputException(e);
            }
            throw new UncheckedIOException("standard output: " + e.getMessage(), e);
        }
    }

    /** Writes a text and a line feed. */
    void line(String text) {
        print(text + "\n");
    }
}
