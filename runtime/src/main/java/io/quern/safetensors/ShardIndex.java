package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.checkpoint.FileMapping;
import io.quern.json.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which safetensors files of a folder hold the model (formats.md A.4): those of the index, else {@code
 * model.safetensors}, else the only one.
 *
 * @param weightMap the file of each tensor, as the index has it; empty without an index
 */
record ShardIndex(Path folder, List<String> files, Map<String, String> weightMap) {
    private static final String INDEX_SUFFIX = ".safetensors.index.json";
    private static final String SUFFIX = ".safetensors";
    private static final int MAX_INDEX_BYTES = 100_000_000;
    private static final int MAX_SHARDS = 10_000;

    /** A plain name, so that nothing outside the folder is opened. */
    private static final Pattern SHARD_NAME = Pattern.compile("[^/\\\\\\x00]+\\.safetensors");

    /** Finds the files. */
    static ShardIndex of(Path folder) {
        List<String> names = list(folder);
        String index = pick(names, "model" + INDEX_SUFFIX, INDEX_SUFFIX);
        if (index != null) {
            return read(folder, index);
        }
        String single = pick(names, "model" + SUFFIX, SUFFIX);
        if (single != null) {
            return new ShardIndex(folder, List.of(single), Map.of());
        }
        List<String> several = names.stream().filter(name -> name.endsWith(SUFFIX)).toList();
        if (!several.isEmpty()) {
            throw new QuernException(folder + ": several safetensors files and no index says which are the model: "
                    + String.join(", ", several));
        }
        throw new QuernException(folder + ": no *.safetensors file" + hint(names));
    }

    /** The files of an index that lists this one, else this one alone. */
    static ShardIndex ofFile(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        String name = file.getFileName().toString();
        String index = pick(list(folder), "model" + INDEX_SUFFIX, INDEX_SUFFIX);
        ShardIndex indexed = index == null ? null : read(folder, index);
        return indexed != null && indexed.files().contains(name)
                ? indexed
                : new ShardIndex(folder, List.of(name), Map.of());
    }

    /**
     * Maps all files and gathers their tensors.
     *
     * @param arena the mappings' life; the caller closes it, also if this fails
     */
    Shards open(Arena arena) {
        Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
        long byteSize = 0;
        for (String name : files) {
            SafetensorsFile file = SafetensorsFile.open(folder.resolve(name), arena);
            byteSize += file.byteSize();
            for (SafetensorsEntry entry : file.entries().values()) {
                if (entries.putIfAbsent(entry.name(), entry) != null) {
                    throw new QuernException(file.path() + ": tensor '" + entry.name() + "' is in another file too");
                }
                String listed = weightMap.getOrDefault(entry.name(), name);
                if (!listed.equals(name)) {
                    throw new QuernException(file.path() + ": tensor '" + entry.name() + "' should be in " + listed);
                }
            }
        }
        weightMap.forEach((tensor, file) -> {
            if (!entries.containsKey(tensor)) {
                throw new QuernException(folder.resolve(file) + ": tensor '" + tensor + "' is missing, though the index"
                        + " lists it");
            }
        });
        return new Shards(entries, byteSize);
    }

    /** The tensors of all files, and the files' bytes. */
    record Shards(Map<String, SafetensorsEntry> entries, long byteSize) {}

    private static List<String> list(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new QuernException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The usual name if it is there, else the only one with the ending, else null. */
    private static String pick(List<String> names, String usual, String ending) {
        List<String> found = names.stream().filter(name -> name.endsWith(ending)).toList();
        return found.contains(usual) ? usual : found.size() == 1 ? found.get(0) : null;
    }

    private static ShardIndex read(Path folder, String index) {
        Path path = folder.resolve(index);
        Map<String, Object> json = Json.parseObject(FileMapping.read(path, MAX_INDEX_BYTES), path.toString());
        if (!(json.get("weight_map") instanceof Map<?, ?> map)) {
            throw new QuernException(path + ": key 'weight_map' is " + Json.typeName(json.get("weight_map"))
                    + ", expected an object");
        }
        Map<String, String> weightMap = new LinkedHashMap<>();
        Set<String> files = new LinkedHashSet<>();
        map.forEach((tensor, file) -> {
            if (!(file instanceof String name) || !SHARD_NAME.matcher(name).matches()) {
                throw new QuernException(path + ": tensor '" + tensor + "' is said to be in '" + file
                        + "', expected the plain name of a safetensors file");
            }
            weightMap.put((String) tensor, name);
            files.add(name);
        });
        if (files.isEmpty() || files.size() > MAX_SHARDS) {
            throw new QuernException(path + ": " + files.size() + " files, expected 1 to " + MAX_SHARDS);
        }
        return new ShardIndex(folder, new ArrayList<>(files), weightMap);
    }

    private static String hint(List<String> names) {
        List<String> pickles =
                names.stream().filter(name -> name.matches(".*\\.(bin|pt|pth|ckpt)")).toList();
        if (!pickles.isEmpty()) {
            return ", only PyTorch pickles (" + pickles.get(0) + "), which can run code when they are read and are"
                    + " refused: look for the same model as *.safetensors or *.gguf";
        }
        return ": look for a model with *.safetensors or *.gguf files";
    }
}
