package io.quern.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Byte pair encoding by a list of merges, earliest first, within the pieces that a pre-tokenizer makes. Parts of merges
 * that are not in the vocabulary are merged all the same and spelt character by character in the end.
 */
final class RankedBpe implements Engine {
    /**
     * What else a model asks for.
     *
     * @param ignoreMerges a piece that is a token as a whole is not cut
     * @param byteFallback a character that is no token is spelt with byte tokens, if they exist
     * @param unknownId    for characters that the vocabulary cannot spell, or {@link Vocabulary#NONE} to leave them out
     * @param fuseUnknown  neighbouring unknown characters become one unknown token
     */
    record Rules(boolean ignoreMerges, boolean byteFallback, int unknownId, boolean fuseUnknown) {}

    private final Vocabulary vocabulary;
    private final Merges merges;
    private final PreTokenizer preTokenizer;
    private final Rules rules;
    private final int[] byteTokens;

    /** The first characters' ids, the byte alphabet among them. */
    private final int[] table = new int[Merges.ALPHABET];

    RankedBpe(Vocabulary vocabulary, Merges merges, PreTokenizer preTokenizer, Rules rules) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.preTokenizer = preTokenizer;
        this.rules = rules;
        this.byteTokens = vocabulary.byteTokens();
        Arrays.setAll(table, codePoint -> vocabulary.idOfText(Character.toString(codePoint)));
    }

    @Override
    public void encode(String fragment, boolean atStart, IntList out) {
        Word word = new Word(out);
        preTokenizer.split(fragment, atStart, (piece, start) -> word.encode(piece));
    }

    /** Encodes one piece after the other; its arrays are used again. */
    private final class Word {
        private final IntList out;
        private final PairMerger merger = new PairMerger(this::merged);

        /** Pairs of symbols that were looked up, to their places in {@link #results}. */
        private final LongIntMap seen = new LongIntMap(64);

        /** As {@link PairMerger.Pairs} says. */
        private long[] results = new long[64];

        private int resultCount;

        /** Spellings in merges that are no tokens; their symbols follow the ids of the vocabulary. */
        private final List<String> extraPieces = new ArrayList<>();

        private final Map<String, Integer> extra = new HashMap<>();
        private int[] symbols = new int[64];
        private int count;
        private boolean afterUnknown;

        Word(IntList out) {
            this.out = out;
        }

        private long merged(int left, int right) {
            long pair = LongIntMap.pair(left, right);
            int at = seen.getOrDefault(pair, resultCount);
            if (at == resultCount) {
                if (resultCount == results.length) {
                    results = Arrays.copyOf(results, 2 * resultCount);
                }
                results[resultCount++] = lookUp(left, right);
                seen.putIfAbsent(pair, at);
            }
            return results[at];
        }

        private long lookUp(int left, int right) {
            if (!isMergeable(left) || !isMergeable(right)) {
                return PairMerger.Pairs.NONE;
            }
            String leftPiece = piece(left);
            String rightPiece = piece(right);
            int rank = merges.rank(leftPiece, rightPiece);
            return rank == Merges.NONE
                    ? PairMerger.Pairs.NONE
                    : (long) rank << 32 | symbol(leftPiece.concat(rightPiece));
        }

        /** Byte tokens and unknown ones are not meant by merges that spell alike. */
        private boolean isMergeable(int symbol) {
            return symbol >= vocabulary.size() || vocabulary.idOfText(vocabulary.piece(symbol)) == symbol;
        }

        private String piece(int symbol) {
            return symbol < vocabulary.size()
                    ? vocabulary.piece(symbol)
                    : extraPieces.get(symbol - vocabulary.size());
        }

        private int symbol(String piece) {
            int id = vocabulary.idOfText(piece);
            return id != Vocabulary.NONE
                    ? id
                    : extra.computeIfAbsent(piece, unknown -> {
                        extraPieces.add(unknown);
                        return vocabulary.size() + extraPieces.size() - 1;
                    });
        }

        void encode(String piece) {
            if (rules.ignoreMerges) {
                int id = vocabulary.idOfText(piece);
                if (id != Vocabulary.NONE) {
                    out.add(id);
                    return;
                }
            }
            load(piece);
            count = merger.merge(symbols, count);
            for (int i = 0; i < count; i++) {
                if (symbols[i] < vocabulary.size()) {
                    out.add(symbols[i]);
                } else {
                    spell(extraPieces.get(symbols[i] - vocabulary.size()));
                }
            }
        }

        private void load(String piece) {
            // A character takes four byte tokens at most, and then it is two chars.
            if (symbols.length < 3 * piece.length()) {
                symbols = new int[3 * piece.length()];
            }
            count = 0;
            afterUnknown = false;
            for (int i = 0; i < piece.length();) {
                int codePoint = piece.codePointAt(i);
                i += Character.charCount(codePoint);
                int id = symbol(codePoint);
                if (id != Vocabulary.NONE) {
                    symbols[count++] = id;
                    afterUnknown = false;
                } else if (!rules.byteFallback || !loadBytes(codePoint)) {
                    loadUnknown();
                }
            }
        }

        private int symbol(int codePoint) {
            if (codePoint >= table.length) {
                return vocabulary.idOfText(Character.toString(codePoint));
            }
            return table[codePoint] == Vocabulary.NONE && merges.hasLetter(codePoint)
                    ? symbol(Character.toString(codePoint))
                    : table[codePoint];
        }

        private boolean loadBytes(int codePoint) {
            byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < bytes.length; i++) {
                symbols[count + i] = byteTokens[bytes[i] & 0xFF];
                if (symbols[count + i] == Vocabulary.NONE) {
                    return false;
                }
            }
            count += bytes.length;
            afterUnknown = false;
            return true;
        }

        private void loadUnknown() {
            if (rules.unknownId != Vocabulary.NONE && !(rules.fuseUnknown && afterUnknown)) {
                symbols[count++] = rules.unknownId;
            }
            afterUnknown = true;
        }

        private void spell(String piece) {
            piece.codePoints().forEach(codePoint -> {
                int id = vocabulary.idOfText(Character.toString(codePoint));
                if (id != Vocabulary.NONE) {
                    out.add(id);
                }
            });
        }
    }
}
