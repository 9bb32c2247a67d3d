package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.tokenizer.AddedTokens.Added;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Makes a tokenizer from {@code tokenizer.model}, a SentencePiece model of the kind BPE. */
final class SentencePieceModel {
    private static final int BPE = 2;

    private final List<String> pieces = new ArrayList<>();
    private final List<TokenKind> kinds = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();

    /** UNIGRAM is what a trainer's specification says that does not say anything. */
    private int modelType = 1;

    private int unknownId;
    private boolean addDummyPrefix = true;
    private boolean removeExtraSpaces = true;
    private boolean escapeSpaces = true;
    private byte[] charsMap = {};

    SentencePieceModel(byte[] file) {
        ProtoReader model = new ProtoReader(file);
        for (int field = model.nextField(); field != 0; field = model.nextField()) {
            switch (field) {
                case 1 -> readPiece(model.message());
                case 2 -> readTrainer(model.message());
                case 3 -> readNormalizer(model.message());
                default -> model.skip();
            }
        }
        if (pieces.isEmpty()) {
            throw new QuernException("not a SentencePiece model: no pieces in " + file.length + " bytes");
        }
        if (modelType != BPE) {
            String[] names = {"", "UNIGRAM", "BPE", "WORD", "CHAR"};
            String name = modelType > 0 && modelType < names.length ? names[modelType] : "number " + modelType;
            throw new QuernException("the SentencePiece model type " + name + " is not supported: expected BPE");
        }
        if (!escapeSpaces) {
            throw new QuernException("the SentencePiece normalizer with escape_whitespaces false is not supported");
        }
    }

    private void readPiece(ProtoReader in) {
        String piece = "";
        float score = 0;
        int kind = 1;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> piece = in.string();
                case 2 -> score = in.float32();
                case 3 -> kind = in.integer();
                default -> in.skip();
            }
        }
        pieces.add(piece);
        scores.add(Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score);
        kinds.add(TokenKind.of(kind));
    }

    private void readTrainer(ProtoReader in) {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 3 -> modelType = in.integer();
                case 40 -> unknownId = in.integer();
                default -> in.skip();
            }
        }
    }

    private void readNormalizer(ProtoReader in) {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 2 -> charsMap = in.bytes();
                case 3 -> addDummyPrefix = in.bool();
                case 4 -> removeExtraSpaces = in.bool();
                case 5 -> escapeSpaces = in.bool();
                default -> in.skip();
            }
        }
    }

    Tokenizer tokenizer(HubConfig config, HubTokenizer.Ends ends) {
        Map<Integer, Added> added = new LinkedHashMap<>();
        config.addedTokens().forEach(token -> added.put(token.id(), token));
        Vocabulary vocabulary = vocabulary(added);
        boolean prefix = config.addSpacePrefix() != null ? config.addSpacePrefix() : addDummyPrefix;
        SpacePrefix where = config.legacy() ? SpacePrefix.ALWAYS : SpacePrefix.FIRST;
        int unknown = unknownId >= 0 && unknownId < vocabulary.size() ? unknownId : Vocabulary.NONE;
        Engine bpe = new SentencePieceBpe(vocabulary, unknown, prefix ? where : SpacePrefix.NEVER);
        UnaryOperator<String> normalizer = normalizer();
        Engine engine = (fragment, atStart, out) -> bpe.encode(normalizer.apply(fragment), atStart, out);
        return new VocabularyTokenizer(
                vocabulary,
                engine,
                engine,
                tokens(vocabulary, added),
                id -> GgufTokenizer.bytes(vocabulary, id, true),
                ends.options(vocabulary, config, template(vocabulary, config), prefix));
    }

    private Vocabulary vocabulary(Map<Integer, Added> added) {
        int size = pieces.size();
        for (int id : added.keySet()) {
            size = Math.max(size, id + 1);
        }
        String[] allPieces = Arrays.copyOf(pieces.toArray(String[]::new), size);
        TokenKind[] allKinds = Arrays.copyOf(kinds.toArray(TokenKind[]::new), size);
        float[] allScores = new float[size];
        for (int id = 0; id < size; id++) {
            if (id >= pieces.size()) {
                allPieces[id] = "";
                allKinds[id] = TokenKind.UNUSED;
            } else {
                allScores[id] = scores.get(id);
            }
            Added token = added.get(id);
            if (token != null) {
                allPieces[id] = token.content();
                allKinds[id] = token.special() ? TokenKind.CONTROL : TokenKind.USER_DEFINED;
            }
        }
        return new Vocabulary(allPieces, allScores, allKinds);
    }

    private static List<SpecialTokens.Token> tokens(Vocabulary vocabulary, Map<Integer, Added> added) {
        List<SpecialTokens.Token> tokens = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            Added token = added.get(id);
            if (token != null) {
                tokens.add(token.token(token.content()));
            } else if (vocabulary.kind(id).isSpecial() || vocabulary.kind(id) == TokenKind.USER_DEFINED) {
                tokens.add(new SpecialTokens.Token(id, vocabulary.piece(id)));
            }
        }
        return tokens;
    }

    /** The tokenizers of the Llama family add the beginning token unless their configuration says that they do not. */
    private static HubTemplate template(Vocabulary vocabulary, HubConfig config) {
        HubTemplate template = new HubTemplate(null);
        String bos = config.token("bos_token");
        if (config.llama() && config.addBos() == null && bos != null && vocabulary.idOf(bos) != Vocabulary.NONE) {
            template.prefix().add(vocabulary.idOf(bos));
        }
        return template;
    }

    private UnaryOperator<String> normalizer() {
        List<UnaryOperator<String>> steps = new ArrayList<>();
        if (charsMap.length > 0) {
            steps.add(new CharsMap(charsMap));
        }
        if (removeExtraSpaces) {
            steps.add(SentencePieceModel::withoutExtraSpaces);
        }
        return Normalizers.sequence(steps);
    }

    private static String withoutExtraSpaces(String text) {
        StringBuilder result = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            boolean extra = text.charAt(i) == ' ' && (i == 0 || text.charAt(i - 1) == ' ');
            if (!extra) {
                result.append(text.charAt(i));
            }
        }
        boolean trailing = !result.isEmpty() && result.charAt(result.length() - 1) == ' ';
        return trailing ? result.substring(0, result.length() - 1) : result.toString();
    }
}
