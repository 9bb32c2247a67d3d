package io.quern.tokenizer;

import io.quern.TokenStreamDecoder;
import io.quern.Tokenizer;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** A tokenizer made of a vocabulary, an engine for plain text, and tokens that mean themselves. */
final class VocabularyTokenizer implements Tokenizer {
    private final Vocabulary vocabulary;
    private final Engine engine;
    private final Engine plainEngine;
    private final SpecialTokens allTokens;
    private final SpecialTokens plainTokens;
    private final IntFunction<byte[]> bytes;
    private final TokenizerOptions options;

    /**
     * @param engine      for fragments of a text whose special tokens are parsed
     * @param plainEngine for the others
     * @param tokens      those that mean themselves; special ones only where special tokens are to be parsed
     * @param bytes       what an id that is not special stands for
     */
    VocabularyTokenizer(
            Vocabulary vocabulary,
            Engine engine,
            Engine plainEngine,
            List<SpecialTokens.Token> tokens,
            IntFunction<byte[]> bytes,
            TokenizerOptions options) {
        this.vocabulary = vocabulary;
        this.engine = engine;
        this.plainEngine = plainEngine;
        this.allTokens = new SpecialTokens(tokens);
        this.plainTokens = new SpecialTokens(tokens.stream()
                .filter(token -> !vocabulary.kind(token.id()).isSpecial())
                .toList());
        this.bytes = bytes;
        this.options = options;
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        IntList ids = new IntList();
        if (addSpecial) {
            options.prefix().forEach(ids::add);
        }
        String whole = withoutLoneSurrogates(text);
        (parseSpecial ? allTokens : plainTokens).split(whole, new SpecialTokens.Sink() {
            @Override
            public void text(int from, int to) {
                (parseSpecial ? engine : plainEngine).encode(whole.substring(from, to), from == 0, ids);
            }

            @Override
            public void token(int id) {
                ids.add(id);
            }
        });
        if (addSpecial) {
            options.suffix().forEach(ids::add);
        }
        return ids.toArray();
    }

    private static String withoutLoneSurrogates(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (clean == null) {
                clean = new StringBuilder(text);
            }
            clean.setCharAt(i, '\uFFFD');
        }
        return clean == null ? text : clean.toString();
    }

    @Override
    public String decode(int[] ids, boolean showSpecial) {
        TokenStreamDecoder decoder = new TokenStreamDecoder(this, showSpecial, options.dropLeadingSpace());
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.accept(id));
        }
        return text.append(decoder.finish()).toString();
    }

    @Override
    public String piece(int id) {
        return vocabulary.piece(check(id));
    }

    @Override
    public byte[] bytes(int id) {
        return isSpecial(id) ? new byte[0] : bytes.apply(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return vocabulary.kind(check(id)).isSpecial();
    }

    @Override
    public boolean isEndOfGeneration(int id) {
        return options.endOfGeneration().contains(check(id));
    }

    @Override
    public OptionalInt bos() {
        return optional(options.bos());
    }

    @Override
    public OptionalInt eos() {
        return optional(options.eos());
    }

    @Override
    public OptionalInt idOf(String piece) {
        return optional(vocabulary.idOf(piece));
    }

    private int check(int id) {
        return Objects.checkIndex(id, vocabulary.size());
    }

    private static OptionalInt optional(int id) {
        return id == Vocabulary.NONE ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
