package io.quern.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tokens that a Hugging Face folder adds to the model's own vocabulary, or marks in it. */
final class AddedTokens {
    /**
     * One of them.
     *
     * @param normalized it is looked for in the normalised text, by its normalised content
     * @param special    it stands for no text
     */
    record Added(
            int id,
            String content,
            boolean singleWord,
            boolean stripLeft,
            boolean stripRight,
            boolean normalized,
            boolean special) {
        static Added of(int id, JsonFields fields) {
            boolean special = fields.bool("special", false);
            return new Added(
                    id,
                    fields.string("content"),
                    fields.bool("single_word", false),
                    fields.bool("lstrip", false),
                    fields.bool("rstrip", false),
                    fields.bool("normalized", !special),
                    special);
        }

        /** What to look for, spelt as given. */
        SpecialTokens.Token token(String spelling) {
            return new SpecialTokens.Token(id, spelling, singleWord, stripLeft, stripRight);
        }
    }

    /** Far more than any vocabulary has: an id beyond it is damage, and would cost its size in memory. */
    private static final int MAX_ID = 1 << 22;

    private AddedTokens() {}

    /**
     * The list {@code added_tokens} of {@code tokenizer.json}. One that the model's own vocabulary spells has its id
     * there, whatever the list says.
     */
    static List<Added> list(JsonFields tokenizer, Map<?, ?> vocabulary) {
        List<Added> tokens = new ArrayList<>();
        for (JsonFields fields : tokenizer.objects("added_tokens")) {
            Object known = vocabulary.get(fields.string("content"));
            tokens.add(Added.of(id(known != null ? known : fields.get("id"), fields), fields));
        }
        return tokens;
    }

    /** The object {@code added_tokens_decoder} of {@code tokenizer_config.json}: ids as names. */
    static List<Added> decoder(JsonFields config) {
        List<Added> tokens = new ArrayList<>();
        if (config.has("added_tokens_decoder")) {
            JsonFields table = config.object("added_tokens_decoder");
            for (Object name : table.map().keySet()) {
                JsonFields fields = table.object((String) name);
                tokens.add(Added.of(id(number((String) name), fields), fields));
            }
        }
        return tokens;
    }

    private static Long number(String name) {
        return name.matches("[0-9]{1,9}") ? Long.valueOf(name) : null;
    }

    /** An id out of a file. */
    static int id(Object value, JsonFields where) {
        if (value instanceof Long id && id >= 0 && id <= MAX_ID) {
            return id.intValue();
        }
        throw where.unsupported("the id " + value + " (expected 0 to " + MAX_ID + ")");
    }
}
