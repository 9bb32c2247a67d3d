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
    /** One merge of two spellings. */
    record Merge(String left, String right) {}

    /**
     * What else a model asks for.
     *
     * @param ignoreMerges a piece that is a token as a whole is not cut
     * @param byteFallback a character that is no token is spelt with byte tokens, if they exist
     * @param unknownId    for characters that the vocabulary cannot spell, or {@link Vocabulary#NONE} to leave them out
     * @param fuseUnknown  neighbouring unknown characters become one unknown token
     */
    record Rules(boolean ignoreMerges, boolean byteFallback, int unknownId, boolean fuseUnknown) {}

    /** Characters whose symbols are looked up in a table: the byte alphabet among them. */
    private static final int TABLE_SIZE = 0x180;

    private final Vocabulary vocabulary;
    private final PreTokenizer preTokenizer;
    private final Rules rules;
    private final int[] byteTokens;
    private final int[] table = new int[TABLE_SIZE];

    /** Pair of symbols to rank. */
    private final LongIntMap ranks;

    /** What a merge makes, by rank. */
    private final int[] merged;

    /** Spellings in merges that are no tokens; their symbols follow the ids of the vocabulary. */
    private final List<String> extraPieces = new ArrayList<>();

    private final PairMerger.Pairs pairs = this::merged;

    RankedBpe(Vocabulary vocabulary, List<Merge> merges, PreTokenizer preTokenizer, Rules rules) {
        this.vocabulary = vocabulary;
        this.preTokenizer = preTokenizer;
        this.rules = rules;
        this.byteTokens = vocabulary.byteTokens();
        this.ranks = new LongIntMap(merges.size());
        this.merged = new int[merges.size()];
        Map<String, Integer> extra = new HashMap<>();
        for (int rank = 0; rank < merged.length; rank++) {
            Merge merge = merges.get(rank);
            ranks.putIfAbsent(LongIntMap.pair(symbol(merge.left, extra), symbol(merge.right, extra)), rank);
            merged[rank] = symbol(merge.left.concat(merge.right), extra);
        }
        Arrays.setAll(table, codePoint -> {
            String piece = Character.toString(codePoint);
            int id = vocabulary.idOfText(piece);
            return id != Vocabulary.NONE ? id : extra.getOrDefault(piece, Vocabulary.NONE);
        });
    }

    /** Spellings in merges that are no tokens of the vocabulary. */
    List<String> extraPieces() {
        return List.copyOf(extraPieces);
    }

    private int symbol(String piece, Map<String, Integer> extra) {
        int id = vocabulary.idOfText(piece);
        return id != Vocabulary.NONE
                ? id
                : extra.computeIfAbsent(piece, unknown -> {
                    extraPieces.add(unknown);
                    return vocabulary.size() + extraPieces.size() - 1;
                });
    }

    @Override
    public void encode(String fragment, boolean atStart, IntList out) {
        Word word = new Word(out);
        preTokenizer.split(fragment, atStart, (piece, start) -> word.encode(piece));
    }

    private long merged(int left, int right) {
        int rank = ranks.getOrDefault(LongIntMap.pair(left, right), -1);
        return rank < 0 ? PairMerger.Pairs.NONE : (long) rank << 32 | merged[rank];
    }

    /** Encodes one piece after the other; its arrays are used again. */
    private final class Word {
        private final IntList out;
        private final PairMerger merger = new PairMerger(pairs);
        private int[] symbols = new int[64];
        private int count;
        private boolean afterUnknown;

        Word(IntList out) {
            this.out = out;
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
                int id = codePoint < TABLE_SIZE
                        ? table[codePoint]
                        : vocabulary.idOfText(Character.toString(codePoint));
                if (id != Vocabulary.NONE) {
                    symbols[count++] = id;
                    afterUnknown = false;
                } else if (!rules.byteFallback || !loadBytes(codePoint)) {
                    loadUnknown();
                }
            }
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
