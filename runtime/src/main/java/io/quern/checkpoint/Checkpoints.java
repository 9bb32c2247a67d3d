package io.quern.checkpoint;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.gguf.GgufCheckpoint;
import io.quern.safetensors.HubCheckpoint;
import io.quern.tokenizer.HubTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Opens a model by what lies at its path. */
public final class Checkpoints {
    private static final byte[] GGUF_MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);

    private static final String POCKET_GUIDE = "/io/quern/pocket-guide.gguf";

    private Checkpoints() {}

    /**
     * Opens a GGUF file, a folder as Hugging Face's hub has it, a safetensors file in such a folder, or a folder with
     * one GGUF file.
     *
     * @throws QuernException if it is none of these, or the model in it cannot be used
     */
    public static Checkpoint open(Path path) {
        if (!Files.exists(path)) {
            throw new QuernException(path + ": no such file or folder");
        }
        if (Files.isDirectory(path)) {
            return openFolder(path);
        }
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".gguf") || startsAsGguf(path)) {
            return GgufCheckpoint.open(path);
        }
        if (name.endsWith(".safetensors")) {
            return HubCheckpoint.openFile(path);
        }
        if (name.matches(".*\\.(bin|pt|pth|ckpt)")) {
            throw new QuernException(
                    path + ": a PyTorch pickle, which can run code when it is read and is refused: look for"
                            + " the same model as *.safetensors or *.gguf");
        }
        if (name.equals("config.json") || name.endsWith(".safetensors.index.json")) {
            return HubCheckpoint.open(path.toAbsolutePath().getParent());
        }
        throw new QuernException(path + ": neither a GGUF file nor a safetensors file nor a folder with a model");
    }

    /**
     * The tokenizer of a model, or of a GGUF file or folder that holds a tokenizer and no weights.
     *
     * @throws QuernException if there is none, or none that can be used
     */
    public static Tokenizer tokenizer(Path path) {
        if (Files.isRegularFile(path) && startsAsGguf(path)) {
            return GgufCheckpoint.tokenizer(path);
        }
        if (Files.isDirectory(path) && !Files.exists(path.resolve("config.json")) && HubTokenizer.isIn(path)) {
            return HubTokenizer.load(path, Set.of());
        }
        try (Checkpoint checkpoint = open(path)) {
            return checkpoint.tokenizer();
        }
    }

    /** Opens the model that comes with the library. */
    public static Checkpoint openPocketGuide() {
        try (InputStream stream = Checkpoints.class.getResourceAsStream(POCKET_GUIDE)) {
            return GgufCheckpoint.of(stream.readAllBytes(), Path.of("pocket-guide"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Checkpoint openFolder(Path folder) {
        List<Path> files = list(folder);
        // Folders of GGUF files often keep the configuration of the model that they were made from.
        boolean safetensors = files.stream().anyMatch(path -> path.toString().endsWith(".safetensors"));
        if (safetensors && Files.exists(folder.resolve("config.json"))) {
            return HubCheckpoint.open(folder);
        }
        // Of a split file the first part is the one to open.
        List<Path> ggufs = files.stream()
                .filter(path -> path.toString().matches(".*\\.gguf"))
                .filter(path -> !path.toString().matches(".*-\\d{5}-of-\\d{5}\\.gguf")
                        || path.toString().matches(".*-00001-of-\\d{5}\\.gguf"))
                .toList();
        if (ggufs.size() == 1) {
            return GgufCheckpoint.open(ggufs.get(0));
        }
        if (ggufs.size() > 1) {
            throw new QuernException(folder + ": several GGUF files, name one of them: "
                    + String.join(", ", ggufs.stream().map(path -> path.getFileName().toString()).toList()));
        }
        return HubCheckpoint.open(folder);
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (IOException e) {
            throw new QuernException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean startsAsGguf(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return Arrays.equals(in.readNBytes(GGUF_MAGIC.length), GGUF_MAGIC);
        } catch (IOException e) {
            throw new QuernException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
