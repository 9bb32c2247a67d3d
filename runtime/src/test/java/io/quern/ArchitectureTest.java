package io.quern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may import whom inside the runtime: the data flows one way, files to weights to text. */
class ArchitectureTest {
    private static final Path SOURCES = Path.of("src/main/java/io/quern");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?io\\.quern\\.(?:([a-z]+)\\.)?[A-Z].*", Pattern.MULTILINE);

    /** Allowed imports by package; "" is the public API, of which inner packages use only its plain types. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("", Set.of("chat", "checkpoint", "kernels", "model", "sampling", "tokenizer")),
            Map.entry("cli", Set.of("", "checkpoint", "json", "kernels", "measure")),
            Map.entry("measure", Set.of("", "checkpoint", "kernels", "model", "safetensors")),
            Map.entry("model", Set.of("", "checkpoint", "kernels")),
            Map.entry("tokenizer", Set.of("", "json")),
            Map.entry("chat", Set.of("")),
            Map.entry("sampling", Set.of("")),
            Map.entry("checkpoint", Set.of("", "gguf", "kernels", "safetensors", "tokenizer")),
            Map.entry("gguf", Set.of("", "checkpoint", "kernels", "tokenizer")),
            Map.entry("safetensors", Set.of("", "checkpoint", "json", "kernels", "tokenizer")),
            Map.entry("json", Set.of("")));

    @Test
    void packagesImportOnlyWhatTheyMay() throws IOException {
        List<String> violations = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Path folder = SOURCES.relativize(file).getParent();
                String from = folder == null ? "" : folder.toString();
                seen.add(from);
                Matcher matcher = IMPORT.matcher(Files.readString(file));
                while (matcher.find()) {
                    String to = matcher.group(1) == null ? "" : matcher.group(1);
                    if (!to.equals(from) && !ALLOWED.getOrDefault(from, Set.of()).contains(to)) {
                        violations.add(file + " imports package '" + to + "'");
                    }
                }
            }
        }
        assertFalse(seen.isEmpty());
        assertEquals(List.of(), violations);
        assertEquals(new TreeSet<>(ALLOWED.keySet()), seen, "packages of the runtime");
    }
}
