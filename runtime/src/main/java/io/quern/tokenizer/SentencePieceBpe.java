package io.quern.tokenizer;

import io.quern.QuernException;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece's byte pair encoding: neighbours whose joined spelling is a token may be merged, highest score first.
 * What is no token in the end is spelt with byte tokens. Spaces are {@code ▁} in the vocabulary.
 */
final class SentencePieceBpe implements Engine {
    /** U+2581, which stands for a space in the vocabulary. */
    static final char SPACE = '▁';

    private final Vocabulary vocabulary;
    private final int[] byteTokens;
    private final int unknownId;
    private final SpacePrefix prefix;
    private final Neighbours neighbours;

    /** @param unknownId for characters that the vocabulary cannot spell, or {@link Vocabulary#NONE} to refuse them */
    SentencePieceBpe(Vocabulary vocabulary, int unknownId, SpacePrefix prefix) {
        this.vocabulary = vocabulary;
        this.byteTokens = vocabulary.byteTokens();
        this.unknownId = unknownId;
        this.prefix = prefix;
        this.neighbours = new Neighbours(vocabulary);
    }

    @Override
    public void encode(String fragment, boolean atStart, IntList out) {
        String text = (prefix.applies(atStart) ? " " + fragment : fragment).replace(' ', SPACE);
        PairMerger merger = new PairMerger(new ScoredPairs());
        int[] symbols = new int[text.length()];
        int count = 0;
        for (int i = 0; i < text.length();) {
            if (i > 0 && !neighbours.mayContain(text.charAt(i - 1), text.charAt(i))) {
                append(symbols, merger.merge(symbols, count), out);
                count = 0;
            }
            int codePoint = text.codePointAt(i);
            int id = vocabulary.idOfText(Character.toString(codePoint));
            symbols[count++] = id != Vocabulary.NONE ? id : symbol(codePoint);
            i += Character.charCount(codePoint);
        }
        append(symbols, merger.merge(symbols, count), out);
    }

    private void append(int[] symbols, int count, IntList out) {
        for (int i = 0; i < count; i++) {
            if (symbols[i] >= 0) {
                out.add(symbols[i]);
            } else {
                spell(codePoint(symbols[i]), out);
            }
        }
    }

    /** A character without a token is a negative symbol; -1 is left out, it means none elsewhere. Its own inverse. */
    private static int symbol(int codePoint) {
        return -2 - codePoint;
    }

    private static int codePoint(int symbol) {
        return -2 - symbol;
    }

    private void spell(int codePoint, IntList out) {
        byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
        for (byte value : bytes) {
            if (byteTokens[value & 0xFF] == Vocabulary.NONE) {
                if (unknownId == Vocabulary.NONE) {
                    throw new QuernException(
                            "cannot encode U+%04X: the vocabulary has no token for it, no %s and no unknown token"
                                    .formatted(codePoint, Vocabulary.bytePiece(value & 0xFF)));
                }
                out.add(unknownId);
                return;
            }
        }
        for (byte value : bytes) {
            out.add(byteTokens[value & 0xFF]);
        }
    }

    /**
     * Pairs by spelling. A text has few different ones, so what was found is kept: one per text, as it is not shared.
     */
    private final class ScoredPairs implements PairMerger.Pairs {
        private static final int UNSEEN = -2;

        private final LongIntMap seen = new LongIntMap(64);

        @Override
        public long merged(int left, int right) {
            long pair = LongIntMap.pair(left, right);
            int id = seen.getOrDefault(pair, UNSEEN);
            if (id == UNSEEN) {
                id = find(left, right);
                seen.putIfAbsent(pair, id);
            }
            return id == Vocabulary.NONE ? NONE : (long) priority(vocabulary.score(id)) << 32 | id;
        }

        private int find(int left, int right) {
            String first = spelling(left);
            String second = spelling(right);
            return first.length() + second.length() > vocabulary.maxPieceLength()
                    ? Vocabulary.NONE
                    : vocabulary.idOfText(first.concat(second));
        }

        private String spelling(int symbol) {
            return symbol >= 0 ? vocabulary.piece(symbol) : Character.toString(codePoint(symbol));
        }

        /** The bits of a float, turned so that a higher score is a lower int. */
        private static int priority(float score) {
            int bits = Float.floatToIntBits(score + 0.0f);
            return ~(bits ^ bits >> 31 & 0x7FFFFFFF);
        }
    }

    /**
     * Characters that stand side by side in some token. No merge goes across two that do not, so a text may be cut
     * between them: many small heaps, for most languages one for each word, are faster than one large heap. A few more
     * pairs than there are count as neighbours, which does no harm.
     */
    private static final class Neighbours {
        private static final int BITS = 20;

        private final long[] words = new long[1 << BITS - 6];

        Neighbours(Vocabulary vocabulary) {
            for (int id = 0; id < vocabulary.size(); id++) {
                String piece = vocabulary.piece(id);
                for (int i = 1; i < piece.length(); i++) {
                    int bit = bit(piece.charAt(i - 1), piece.charAt(i));
                    words[bit >> 6] |= 1L << bit;
                }
            }
        }

        boolean mayContain(char left, char right) {
            int bit = bit(left, right);
            return (words[bit >> 6] >>> bit & 1) != 0;
        }

        private static int bit(char left, char right) {
            return (left << 16 | right) * 0x9E3779B1 >>> 32 - BITS;
        }
    }
}
