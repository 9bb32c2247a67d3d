package io.quern.kernels;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The fixtures that lie beside the checkout; a test that needs one is skipped where they are not. */
public final class Shared {
    private Shared() {}

    /** A file or folder below {@code shared}, or the test ends as skipped. */
    public static Path path(String relative) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path shared = folder.resolve("shared");
            if (Files.isDirectory(shared.resolve("oracle"))) {
                Path path = shared.resolve(relative);
                if (Files.exists(path)) {
                    return path;
                }
            }
        }
        return Assumptions.abort("needs ../shared/" + relative);
    }
}
