package io.quern.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** The post-processors of {@code tokenizer.json}: the ids in front of a text and after it. */
final class HubTemplate {
    private final List<Integer> prefix = new ArrayList<>();
    private final List<Integer> suffix = new ArrayList<>();

    /** @param component null if the file has none */
    HubTemplate(JsonFields component) {
        if (component != null) {
            add(component);
        }
    }

    List<Integer> prefix() {
        return prefix;
    }

    List<Integer> suffix() {
        return suffix;
    }

    private void add(JsonFields component) {
        String type = component.type();
        switch (type) {
            case "Sequence" -> component.objects("processors").forEach(this::add);
            case "ByteLevel" -> {
                // Changes offsets alone, not ids.
            }
            case "TemplateProcessing" -> addTemplate(component);
            case "RobertaProcessing", "BertProcessing" -> {
                prefix.addFirst(pairId(component, "cls"));
                suffix.add(pairId(component, "sep"));
            }
            default -> throw component.unsupported("the post-processor '" + type + "'");
        }
    }

    /** The id in {@code ["</s>", 2]}. */
    private static int pairId(JsonFields component, String name) {
        List<?> pair = component.list(name);
        return AddedTokens.id(pair.size() == 2 ? pair.get(1) : null, component);
    }

    private void addTemplate(JsonFields component) {
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        boolean text = false;
        for (JsonFields item : component.objects("single")) {
            if (item.has("Sequence")) {
                if (text || !item.object("Sequence").string("id", "A").equals("A")) {
                    throw item.unsupported("a template with more than one text for a single text");
                }
                text = true;
            } else {
                String name = item.object("SpecialToken").string("id");
                JsonFields token = component.object("special_tokens").object(name);
                for (Object id : token.list("ids")) {
                    (text ? after : before).add(AddedTokens.id(id, token));
                }
            }
        }
        if (!text) {
            throw component.unsupported("a template that leaves the text out");
        }
        prefix.addAll(0, before);
        suffix.addAll(after);
    }
}
