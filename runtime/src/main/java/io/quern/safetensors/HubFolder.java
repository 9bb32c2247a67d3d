package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.checkpoint.FileMapping;
import io.quern.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings files of a model folder.
 *
 * @param config {@code config.json}
 * @param generation {@code generation_config.json}, empty if there is none
 * @param tokenizer {@code tokenizer_config.json}, empty if there is none
 */
record HubFolder(Path path, JsonSettings config, JsonSettings generation, JsonSettings tokenizer) {
    private static final int MAX_BYTES = 64 << 20;
    private static final List<String> QUANTIZATION_KEYS = List.of("quantization_config", "compression_config");
    private static final List<String> QUANTIZATION_FILES = List.of("quantize_config.json", "quant_config.json");

    /** {@code generation_config.json} by the names that the runtime has for them. */
    private static final List<String> SAMPLING_KEYS =
            List.of("temperature", "top_p", "top_k", "min_p", "repetition_penalty");

    static HubFolder read(Path folder) {
        Path config = folder.resolve("config.json");
        if (!Files.exists(config)) {
            throw new QuernException(config + ": no such file, so this is not the folder of a model");
        }
        return new HubFolder(folder, settings(config), optional(folder, "generation_config.json"),
                optional(folder, "tokenizer_config.json"));
    }

    /** Where the quantisation is described: in the configuration, else in a file of its own; empty if nowhere. */
    JsonSettings quantization() {
        for (String key : QUANTIZATION_KEYS) {
            JsonSettings settings = config.object(key);
            if (!settings.values().isEmpty()) {
                return settings;
            }
        }
        for (String file : QUANTIZATION_FILES) {
            JsonSettings settings = optional(path, file);
            if (!settings.values().isEmpty()) {
                return settings;
            }
        }
        return JsonSettings.empty(path.toString());
    }

    /** End tokens of both configurations: published ones often disagree, and either may be right. */
    Set<Integer> stopIds() {
        Set<Integer> ids = new LinkedHashSet<>();
        addEnds(generation, ids);
        addEnds(config, ids);
        return ids;
    }

    private static void addEnds(JsonSettings settings, Set<Integer> ids) {
        Object value = settings.get("eos_token_id");
        for (Object id : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
            if (!(id instanceof Long number) || number < -1 || number > Integer.MAX_VALUE) {
                throw settings.fail("key 'eos_token_id' is " + value + ", expected an id or an array of ids");
            }
            if (number >= 0) {
                ids.add(number.intValue());
            }
        }
    }

    Map<String, Double> samplingDefaults() {
        Map<String, Double> defaults = new LinkedHashMap<>();
        for (String key : SAMPLING_KEYS) {
            if (generation.has(key)) {
                defaults.put(key, generation.number(key, 0));
            }
        }
        if (!generation.bool("do_sample", true)) {
            defaults.put("temperature", 0.0);
        }
        return defaults;
    }

    /**
     * The template in a file of its own, else the one in the tokenizer's configuration, where it may be one of
     * several.
     */
    Optional<String> chatTemplate() {
        Path file = path.resolve("chat_template.jinja");
        if (Files.exists(file)) {
            return Optional.of(new String(FileMapping.read(file, MAX_BYTES), StandardCharsets.UTF_8));
        }
        return switch (tokenizer.get("chat_template")) {
            case null -> Optional.empty();
            case String template -> Optional.of(template);
            case List<?> list -> named(list);
            default -> throw tokenizer.fail("key 'chat_template' should be a string or an array");
        };
    }

    private Optional<String> named(List<?> templates) {
        String only = null;
        for (Object item : templates) {
            if (!(item instanceof Map<?, ?> map) || !(map.get("template") instanceof String template)) {
                throw tokenizer.fail("key 'chat_template' should hold objects with name and template");
            }
            if ("default".equals(map.get("name"))) {
                return Optional.of(template);
            }
            only = template;
        }
        return templates.size() == 1 ? Optional.of(only) : Optional.empty();
    }

    /** Every {@code ..._token} of the tokenizer's configuration, which is a string or an object with its content. */
    Map<String, String> templateVariables() {
        Map<String, String> variables = new LinkedHashMap<>();
        addTokens(optional(path, "special_tokens_map.json"), variables);
        addTokens(tokenizer, variables);
        return variables;
    }

    private static void addTokens(JsonSettings settings, Map<String, String> variables) {
        settings.values().forEach((key, value) -> {
            Object content = value instanceof Map<?, ?> map ? map.get("content") : value;
            if (key.endsWith("_token") && content instanceof String text) {
                variables.put(key, text);
            }
        });
    }

    private static JsonSettings optional(Path folder, String name) {
        Path path = folder.resolve(name);
        return Files.exists(path) ? settings(path) : JsonSettings.empty(path.toString());
    }

    private static JsonSettings settings(Path path) {
        String where = path.toString();
        return new JsonSettings(where, Json.parseObject(FileMapping.read(path, MAX_BYTES), where));
    }
}
