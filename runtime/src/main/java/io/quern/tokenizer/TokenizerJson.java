package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.json.Json;
import io.quern.tokenizer.AddedTokens.Added;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Makes a tokenizer from {@code tokenizer.json}. Truncation and padding are left to the caller, as everywhere. */
final class TokenizerJson {
    private final JsonFields root;
    private final JsonFields model;
    private final HubConfig config;
    private final List<Added> added;
    private final boolean byteFallback;

    /** The model's own tokens, by which text is merged. */
    private final Vocabulary modelVocabulary;

    /** All tokens. */
    private final Vocabulary vocabulary;

    TokenizerJson(JsonFields root, HubConfig config) {
        this.root = root;
        this.config = config;
        String version = root.string("version", "1.0");
        if (!version.equals("1.0")) {
            throw root.unsupported("the version '" + version + "' (expected 1.0)");
        }
        this.model = root.object("model");
        refuseOtherModels();
        this.byteFallback = model.bool("byte_fallback", false);
        this.added = AddedTokens.list(root, model.object("vocab").map());
        int size = size();
        this.modelVocabulary = vocabulary(size, false);
        this.vocabulary = vocabulary(size, true);
    }

    private void refuseOtherModels() {
        String type = model.string("type", model.has("merges") ? "BPE" : "of no type");
        if (!type.equals("BPE")) {
            throw model.unsupported("the model '" + type + "' (expected BPE)");
        }
        for (String name : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            if (!model.string(name, "").isEmpty()) {
                throw model.unsupported(name + " '" + model.string(name) + "'");
            }
        }
        if (model.get("dropout") instanceof Number dropout && dropout.doubleValue() != 0) {
            throw model.unsupported("dropout " + dropout);
        }
    }

    private int size() {
        int size = 0;
        JsonFields vocab = model.object("vocab");
        for (Object id : vocab.map().values()) {
            size = Math.max(size, AddedTokens.id(id, vocab) + 1);
        }
        for (Added token : added) {
            size = Math.max(size, token.id() + 1);
        }
        return size;
    }

    private Vocabulary vocabulary(int size, boolean withAdded) {
        String[] pieces = new String[size];
        TokenKind[] kinds = new TokenKind[size];
        Arrays.fill(pieces, "");
        Arrays.fill(kinds, TokenKind.NORMAL);
        for (Map.Entry<?, ?> entry : model.object("vocab").map().entrySet()) {
            int id = ((Long) entry.getValue()).intValue();
            pieces[id] = (String) entry.getKey();
            if (byteFallback && Vocabulary.byteValue(pieces[id]) != Vocabulary.NONE) {
                kinds[id] = TokenKind.BYTE;
            }
        }
        for (Added token : added) {
            if (withAdded) {
                pieces[token.id()] = token.content();
            }
            kinds[token.id()] = token.special() ? TokenKind.CONTROL : TokenKind.USER_DEFINED;
        }
        return new Vocabulary(pieces, new float[size], kinds);
    }

    Tokenizer tokenizer(HubTokenizer.Ends ends) {
        Boolean space = config.addSpacePrefix();
        boolean addSpacePrefix = !Boolean.FALSE.equals(space);
        UnaryOperator<String> normalizer = root.has("normalizer")
                ? Normalizers.of(root.object("normalizer"), addSpacePrefix)
                : UnaryOperator.identity();
        PreTokenizer preTokenizer = root.has("pre_tokenizer")
                ? HubPreTokenizers.of(root.object("pre_tokenizer"), space)
                : PreTokenizer.sequence(List.of());
        RankedBpe bpe = new RankedBpe(modelVocabulary, merges(), preTokenizer, rules());
        HubDecoder decoder =
                new HubDecoder(root.has("decoder") ? root.object("decoder") : null, addSpacePrefix);
        HubTemplate template = new HubTemplate(root.has("post_processor") ? root.object("post_processor") : null);
        return new VocabularyTokenizer(
                vocabulary,
                engine(normalizer, bpe, true),
                engine(normalizer, bpe, false),
                added.stream()
                        .filter(token -> !token.normalized())
                        .map(token -> token.token(token.content()))
                        .toList(),
                decoder.bytes(vocabulary),
                ends.options(vocabulary, config, template, decoder.dropLeadingSpace()));
    }

    private RankedBpe.Rules rules() {
        String unknown = model.string("unk_token", null);
        return new RankedBpe.Rules(
                model.bool("ignore_merges", false),
                byteFallback,
                unknown == null ? Vocabulary.NONE : vocabulary.idOf(unknown),
                model.bool("fuse_unk", false));
    }

    private Merges merges() {
        List<?> list = model.list("merges");
        Merges merges = new Merges(list.size());
        for (int rank = 0; rank < list.size(); rank++) {
            String[] parts = parts(list.get(rank), rank);
            requireToken(parts[0]);
            requireToken(parts[1]);
            requireToken(parts[0].concat(parts[1]));
            merges.add(parts[0], parts[1]);
        }
        return merges;
    }

    private void requireToken(String part) {
        if (modelVocabulary.idOfText(part) == Vocabulary.NONE) {
            throw new QuernException(
                    model.where() + ".merges names '" + part + "', which is no token of the vocabulary");
        }
    }

    private String[] parts(Object merge, int rank) {
        if (merge instanceof List<?> pair
                && pair.size() == 2
                && pair.get(0) instanceof String left
                && pair.get(1) instanceof String right) {
            return new String[] {left, right};
        }
        if (merge instanceof String line && line.indexOf(' ') >= 0) {
            int space = line.indexOf(' ');
            return new String[] {line.substring(0, space), line.substring(space + 1)};
        }
        throw new QuernException(model.where() + ".merges[" + rank + "] is "
                + (merge instanceof String line ? "'" + line + "'" : Json.typeName(merge))
                + ": expected two parts");
    }

    /** Normalises, cuts out the tokens that are looked for in normalised text, and merges the rest. */
    private Engine engine(UnaryOperator<String> normalizer, RankedBpe bpe, boolean parseSpecial) {
        SpecialTokens tokens = new SpecialTokens(added.stream()
                .filter(token -> token.normalized() && (parseSpecial || !token.special()))
                .map(token -> token.token(normalizer.apply(token.content())))
                .toList());
        return (fragment, atStart, out) -> {
            String text = normalizer.apply(fragment);
            tokens.split(text, new SpecialTokens.Sink() {
                @Override
                public void text(int from, int to) {
                    bpe.encode(text.substring(from, to), atStart && from == 0, out);
                }

                @Override
                public void token(int id) {
                    out.add(id);
                }
            });
        };
    }
}
