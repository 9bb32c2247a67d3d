package io.quern.checkpoint;

import io.quern.QuernException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Files into memory. */
public final class FileMapping {
    private FileMapping() {}

    /**
     * Maps a whole file, of any size, for reading.
     *
     * @throws QuernException if it is not there, is not a regular file, or cannot be read
     */
    public static MemorySegment map(Path path, Arena arena) {
        requireFile(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Reads a whole small file.
     *
     * @throws QuernException as {@link #map} does, or if it has more bytes than the limit
     */
    public static byte[] read(Path path, int limit) {
        requireFile(path);
        try {
            long size = Files.size(path);
            if (size > limit) {
                throw new QuernException(path + ": " + size + " bytes, expected at most " + limit);
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static void requireFile(Path path) {
        if (!Files.exists(path)) {
            throw new QuernException(path + ": no such file");
        }
        if (!Files.isRegularFile(path)) {
            throw new QuernException(path + ": not a file");
        }
    }

    private static QuernException unreadable(Path path, IOException e) {
        String reason = e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
        return new QuernException(path + ": cannot be read: " + reason, e);
    }
}
