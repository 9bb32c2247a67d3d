package io.quern.checkpoint;

import io.quern.QuernException;
import io.quern.gguf.GgufCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens checkpoints of every kind. */
public final class Checkpoints {
    private static final String POCKET_GUIDE = "/io/quern/pocket-guide.gguf";

    private Checkpoints() {}

    /**
     * Opens a GGUF file.
     *
     * @throws QuernException if there is nothing at the path, or nothing that can be run
     */
    public static Checkpoint open(Path path) {
        if (Files.isDirectory(path)) {
            throw new QuernException(path + ": a folder; expected a GGUF file");
        }
        return GgufCheckpoint.open(path);
    }

    /** Opens the model that comes with the library. */
    public static Checkpoint openPocketGuide() {
        try (InputStream stream = Checkpoints.class.getResourceAsStream(POCKET_GUIDE)) {
            return GgufCheckpoint.of(stream.readAllBytes(), Path.of("pocket-guide"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
