package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What {@code tokenizer_config.json} says; a folder without it says nothing. */
final class HubConfig {
    private final JsonFields fields;

    private HubConfig(JsonFields fields) {
        this.fields = fields;
    }

    static HubConfig read(Path folder) {
        Path file = folder.resolve("tokenizer_config.json");
        return new HubConfig(Files.exists(file) ? readJson(file) : new JsonFields(Map.of(), "tokenizer_config.json"));
    }

    /** The object in a JSON file. */
    static JsonFields readJson(Path file) {
        return new JsonFields(Json.parseObject(readBytes(file), file.toString()), file.getFileName().toString());
    }

    static byte[] readBytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new QuernException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether text begins with the beginning token; null if that is left to the tokenizer. */
    Boolean addBos() {
        return flag("add_bos_token");
    }

    /** Whether text ends with the end token; null if that is left to the tokenizer. */
    Boolean addEos() {
        return flag("add_eos_token");
    }

    /** Whether text gets a space in front; null if that is left to the tokenizer. */
    Boolean addSpacePrefix() {
        return flag("add_prefix_space");
    }

    private Boolean flag(String name) {
        return fields.has(name) ? fields.bool(name, false) : null;
    }

    /** Whether a space is put in front again after each special token, as the first Llama tokenizers did. */
    boolean legacy() {
        return fields.bool("legacy", true);
    }

    /** Whether the tokenizer is of the Llama family, which adds the beginning token unless told otherwise. */
    boolean llama() {
        return fields.string("tokenizer_class", "").matches("(Code)?Llama.*");
    }

    /**
     * The content of {@code bos_token}, {@code eos_token}, …, which is a string or an object; null if there is none.
     */
    String token(String name) {
        return fields.get(name) instanceof Map<?, ?>
                ? fields.object(name).string("content")
                : fields.string(name, null);
    }

    List<AddedTokens.Added> addedTokens() {
        return AddedTokens.decoder(fields);
    }
}
