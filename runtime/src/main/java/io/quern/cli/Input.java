package io.quern.cli;

import io.quern.QuernException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads whole texts, which must be UTF-8, from files and from standard input. */
final class Input {
    private final InputStream standardInput;

    Input(InputStream standardInput) {
        this.standardInput = standardInput;
    }

    InputStream stream() {
        return standardInput;
    }

    /**
     * All of standard input.
     *
     * @throws QuernException if it cannot be read or is not UTF-8
     */
    String readAll() {
        try {
            return decode(standardInput.readAllBytes(), "standard input");
        } catch (IOException e) {
            throw new QuernException("standard input: cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The text of a file, or of standard input for "-".
     *
     * @throws QuernException if it cannot be read or is not UTF-8
     */
    String read(Path file) {
        return file.toString().equals("-") ? readAll() : decode(bytes(file), file.toString());
    }

    /** The bytes of a file. */
    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new QuernException(file + ": no such file", e);
        } catch (IOException e) {
            String reason =
                    Files.isDirectory(file) ? "is a folder, expected a file" : "cannot be read: " + e.getMessage();
            throw new QuernException(file + ": " + reason, e);
        }
    }

    private static String decode(byte[] bytes, String where) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            return decoder.decode(buffer).toString();
        } catch (CharacterCodingException e) {
            throw new QuernException(where + ": not valid UTF-8 at byte " + buffer.position(), e);
        }
    }
}
