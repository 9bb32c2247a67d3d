package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/** Makes a tokenizer from the metadata of a GGUF file, the keys {@code tokenizer.ggml.*}. */
public final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";

    private final GgufMetadata metadata;
    private final Vocabulary vocabulary;
    private final TokenKind[] kinds;
    private final boolean sentencePiece;

    private GgufTokenizer(GgufMetadata metadata, boolean sentencePiece) {
        this.metadata = metadata;
        this.sentencePiece = sentencePiece;
        String[] pieces = metadata.strings(PREFIX + "tokens");
        this.kinds = kinds(pieces);
        this.vocabulary = new Vocabulary(pieces, scores(pieces.length), kinds);
    }

    /**
     * The tokenizer that metadata describes: SentencePiece ("llama") or byte-level BPE ("gpt2"). A file without a
     * tokenizer ("none") gets one that knows ids alone and refuses text.
     *
     * @param metadata keys to values: numbers as any {@link Number}, strings, booleans; arrays as Java arrays or lists
     * @throws QuernException if a key is missing or wrong, or names a kind of tokenizer that is not supported
     */
    public static Tokenizer from(Map<String, ?> metadata) {
        GgufMetadata values = new GgufMetadata(metadata);
        String model = values.string(PREFIX + "model");
        return switch (model) {
            case "llama" -> new GgufTokenizer(values, true).tokenizer();
            case "gpt2" -> new GgufTokenizer(values, false).tokenizer();
            case "none", "no_vocab" -> new NoTokenizer(
                    values.id(values.string("general.architecture", "") + ".vocab_size", Integer.MAX_VALUE, 0));
            default -> throw new QuernException("the tokenizer model '" + model + "' (" + PREFIX
                    + "model) is not supported: expected llama, gpt2 or none");
        };
    }

    private TokenKind[] kinds(String[] pieces) {
        TokenKind[] kinds = new TokenKind[pieces.length];
        float[] numbers = metadata.floats(PREFIX + "token_type", pieces.length);
        for (int id = 0; id < kinds.length; id++) {
            kinds[id] = numbers != null ? TokenKind.of((int) numbers[id]) : guess(pieces[id]);
        }
        return kinds;
    }

    private TokenKind guess(String piece) {
        boolean value = sentencePiece && Vocabulary.byteValue(piece) != Vocabulary.NONE;
        return value ? TokenKind.BYTE : TokenKind.NORMAL;
    }

    private float[] scores(int count) {
        float[] scores = metadata.floats(PREFIX + "scores", count);
        if (scores == null) {
            return new float[count];
        }
        for (int id = 0; id < count; id++) {
            if (Float.isNaN(scores[id])) {
                scores[id] = Float.NEGATIVE_INFINITY;
            }
        }
        return scores;
    }

    private Tokenizer tokenizer() {
        return sentencePiece ? sentencePiece() : byteLevel();
    }

    private Tokenizer sentencePiece() {
        boolean prefix = metadata.bool(PREFIX + "add_space_prefix", true);
        Engine engine = new SentencePieceBpe(
                vocabulary, special("unknown", 0), prefix ? SpacePrefix.ALWAYS : SpacePrefix.NEVER);
        return tokenizer(engine, options(special("bos", 1), special("eos", 2), true, prefix));
    }

    private Tokenizer byteLevel() {
        PreTokenizers.Named pre = PreTokenizers.named(metadata.string(PREFIX + "pre", "default"));
        RankedBpe.Rules rules = new RankedBpe.Rules(pre.ignoreMerges(), false, Vocabulary.NONE, false);
        Engine engine = new RankedBpe(vocabulary, merges(), pre.splitter(), rules);
        int bos = special("bos", Vocabulary.NONE);
        boolean addBos = pre.addBos() && bos != Vocabulary.NONE;
        return tokenizer(engine, options(bos, special("eos", Vocabulary.NONE), addBos, false));
    }

    private TokenizerOptions options(int bos, int eos, boolean addBosByDefault, boolean prefix) {
        boolean addBos = metadata.bool(PREFIX + "add_bos_token", addBosByDefault);
        boolean addEos = metadata.bool(PREFIX + "add_eos_token", false);
        requireId(addBos, bos, "bos");
        requireId(addEos, eos, "eos");
        return new TokenizerOptions(
                bos,
                eos,
                addBos ? List.of(bos) : List.of(),
                addEos ? List.of(eos) : List.of(),
                prefix,
                endOfGeneration(eos));
    }

    private Tokenizer tokenizer(Engine engine, TokenizerOptions options) {
        IntFunction<byte[]> bytes = id -> bytes(vocabulary, id, sentencePiece);
        return new VocabularyTokenizer(vocabulary, engine, engine, specialTokens(), bytes, options);
    }

    private int special(String name, int otherwise) {
        int known = otherwise < vocabulary.size() ? otherwise : Vocabulary.NONE;
        return metadata.id(PREFIX + name + "_token_id", vocabulary.size(), known);
    }

    private static void requireId(boolean added, int id, String name) {
        if (added && id == Vocabulary.NONE) {
            throw new QuernException(PREFIX + "add_" + name + "_token is true, but " + PREFIX + name
                    + "_token_id names no token of the vocabulary");
        }
    }

    /** Also makes the tokens that are known to end an answer control tokens, as some files call them normal. */
    private Set<Integer> endOfGeneration(int eos) {
        Set<Integer> ends = new HashSet<>();
        for (String piece : EndTokens.SPELLINGS) {
            addControl(vocabulary.idOf(piece), ends);
        }
        for (int id : new int[] {eos, special("eot", Vocabulary.NONE), special("eom", Vocabulary.NONE)}) {
            if (id != Vocabulary.NONE) {
                ends.add(id);
            }
        }
        for (EndTokens.Named token : EndTokens.FILL_IN) {
            int id = metadata.id(token.key(), vocabulary.size(), Vocabulary.NONE);
            if (id != Vocabulary.NONE) {
                ends.add(id);
            } else {
                int[] found = token.spellings().stream()
                        .mapToInt(vocabulary::idOf)
                        .filter(known -> known != Vocabulary.NONE)
                        .toArray();
                Arrays.stream(found).limit(1).forEach(known -> addControl(known, ends));
            }
        }
        return ends;
    }

    private void addControl(int id, Set<Integer> ends) {
        if (id != Vocabulary.NONE) {
            ends.add(id);
            kinds[id] = TokenKind.CONTROL;
        }
    }

    private Merges merges() {
        String[] lines = metadata.strings(PREFIX + "merges");
        Merges merges = new Merges(lines.length);
        for (int i = 0; i < lines.length; i++) {
            if (!merges.add(lines[i])) {
                throw new QuernException(PREFIX + "merges[" + i + "] is '" + lines[i]
                        + "': expected two parts with a space between them");
            }
        }
        return merges;
    }

    private List<SpecialTokens.Token> specialTokens() {
        // Files do not say so, but Phi-3's special tokens swallow the white space after them.
        String name = metadata.string("general.name", "").toLowerCase(Locale.ROOT);
        boolean phi3 = name.contains("phi-3") || name.contains("phi3");
        Set<String> notStripping = Set.of("<unk>", "<s>", "<|endoftext|>");
        List<SpecialTokens.Token> tokens = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (kinds[id].isSpecial() || kinds[id] == TokenKind.USER_DEFINED) {
                String piece = vocabulary.piece(id);
                tokens.add(new SpecialTokens.Token(id, piece, false, false, phi3 && !notStripping.contains(piece)));
            }
        }
        return tokens;
    }

    /** What a token that is not special stands for. */
    static byte[] bytes(Vocabulary vocabulary, int id, boolean sentencePiece) {
        String piece = vocabulary.piece(id);
        return switch (vocabulary.kind(id)) {
            case BYTE -> {
                int value = Vocabulary.byteValue(piece);
                yield value == Vocabulary.NONE
                        ? piece.getBytes(StandardCharsets.UTF_8)
                        : new byte[] {(byte) value};
            }
            case USER_DEFINED -> piece.getBytes(StandardCharsets.UTF_8);
            default -> sentencePiece
                    ? piece.replace(SentencePieceBpe.SPACE, ' ').getBytes(StandardCharsets.UTF_8)
                    : ByteAlphabet.decode(piece);
        };
    }
}
