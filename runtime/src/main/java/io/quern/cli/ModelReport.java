package io.quern.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code inspect} tells about a model.
 *
 * @param path the file
 * @param format "GGUF v3"
 * @param name what the file calls the model, or ""
 * @param parameters elements of all tensors
 * @param shape sizes by name, such as "layers" and "embedding_length"
 * @param linear how the linear layers are stored, the most common way first
 * @param warnings what may be wrong with the weights
 * @param types the tensors by type, most bytes first
 * @param tokenizer "gpt2, 49152 tokens"
 * @param vocabularySize number of tokens
 * @param chatTemplate where the template comes from, or the source of it
 * @param metadata the header's own entries
 */
record ModelReport(
        String path,
        String format,
        String architecture,
        String name,
        long fileBytes,
        long parameters,
        Map<String, Object> shape,
        List<LinearUses.LinearUse> linear,
        List<String> warnings,
        List<TypeUse> types,
        String tokenizer,
        int vocabularySize,
        String chatTemplate,
        MemoryPlan memory,
        Map<String, Object> metadata) {
    /** Fewer modules than this are named one by one: the exceptions. */
    private static final int SHOWN_MODULES = 8;

    /** The tensors of one type. */
    record TypeUse(String type, int tensors, long elements, long bytes) {
        double bitsPerWeight() {
            return elements == 0 ? 0 : 8.0 * bytes / elements;
        }
    }

    /** Bytes of the weights, and of the keys and values of a context of that many positions. */
    record MemoryPlan(int contextLength, long weights, long cache) {
        long total() {
            return weights + cache;
        }
    }

    /** For programs: see {@link JsonText}. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path);
        json.put("format", format);
        json.put("architecture", architecture);
        json.put("name", name);
        json.put("file_bytes", fileBytes);
        json.put("parameters", parameters);
        json.put("shape", shape);
        List<Object> ways = new ArrayList<>();
        for (LinearUses.LinearUse use : linear) {
            Map<String, Object> way = new LinkedHashMap<>();
            way.put("quantisation", use.description());
            way.put("count", use.modules().size());
            way.put("modules", use.modules());
            ways.add(way);
        }
        json.put("linear", ways);
        json.put("warnings", warnings);
        List<Object> list = new ArrayList<>();
        for (TypeUse use : types) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("type", use.type());
            entry.put("tensors", use.tensors());
            entry.put("elements", use.elements());
            entry.put("bytes", use.bytes());
            list.add(entry);
        }
        json.put("types", list);
        json.put("tokenizer", tokenizer);
        json.put("vocabulary_size", vocabularySize);
        json.put("chat_template", chatTemplate);
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("context_length", memory.contextLength());
        plan.put("weights_bytes", memory.weights());
        plan.put("cache_bytes", memory.cache());
        plan.put("total_bytes", memory.total());
        json.put("memory", plan);
        json.put("metadata", metadata);
        return json;
    }

    /** For people. */
    String toText() {
        StringBuilder text = new StringBuilder();
        row(text, "file", path + " (" + format + ", " + size(fileBytes) + ")");
        row(text, "model",
                (name.isEmpty() ? "" : name + ", ") + architecture + ", " + count(parameters) + " parameters");
        shape.forEach((key, value) -> row(text, "  " + key, String.valueOf(value)));
        row(text, "tokenizer", tokenizer);
        row(text, "template", chatTemplate.isEmpty() ? "none" : chatTemplate.lines().findFirst().orElse("")
                + (chatTemplate.contains("\n") ? " ..." : ""));
        row(text, "linear layers", "");
        for (LinearUses.LinearUse use : linear) {
            int count = use.modules().size();
            row(text, "  " + count + (count == 1 ? " module" : " modules"),
                    use.description() + (count <= SHOWN_MODULES ? ": " + String.join(", ", use.modules()) : ""));
        }
        warnings.forEach(warning -> row(text, "warning", warning));
        row(text, "tensors", "");
        for (TypeUse use : types) {
            row(text, "  " + use.type(), String.format(Locale.ROOT, "%5d tensors %10s weights %10s %6.2f bits a weight",
                    use.tensors(), count(use.elements()), size(use.bytes()), use.bitsPerWeight()));
        }
        row(text, "memory", size(memory.total()) + " with a context of " + memory.contextLength() + " tokens");
        row(text, "  weights", size(memory.weights()));
        row(text, "  cache", size(memory.cache()));
        return text.toString();
    }

    private static void row(StringBuilder text, String label, String value) {
        text.append(String.format(Locale.ROOT, "%-24s %s", label, value).stripTrailing()).append('\n');
    }

    /** "4.3 MB", in powers of ten. */
    static String size(long bytes) {
        return scaled(bytes, "B");
    }

    private static String count(long number) {
        return scaled(number, "").strip();
    }

    private static String scaled(long number, String unit) {
        String[] prefixes = {"", "k", "M", "G", "T", "P", "E"};
        double value = number;
        int prefix = 0;
        while (value >= 999.5 && prefix < prefixes.length - 1) {
            value /= 1000;
            prefix++;
        }
        String letter = unit.isEmpty() && prefix == 3 ? "B" : prefixes[prefix]; // the field writes 7B for parameters
        String format = prefix == 0 || value >= 99.95 ? "%.0f %s%s" : "%.1f %s%s";
        return String.format(Locale.ROOT, format, value, letter, unit);
    }
}
