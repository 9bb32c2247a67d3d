package io.quern.tokenizer;

import io.quern.QuernException;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece's byte pair encoding: neighbours whose joined spelling is a token may be merged, highest score first. What is
 * no token in the end is spelt with byte tokens. Spaces are {@code ▁} in the vocabulary.
 */
final class SentencePieceBpe implements Engine {
    /** U+2581, which stands for a space in the vocabulary. */
    static final char SPACE = '▁';

    private final Vocabulary vocabulary;
    private final int[] byteTokens;
    private final int unknownId;
    private final SpacePrefix prefix;

    /** @param unknownId for characters that the vocabulary cannot spell, or {@link Vocabulary#NONE} to refuse them */
    SentencePieceBpe(Vocabulary vocabulary, int unknownId, SpacePrefix prefix) {
        this.vocabulary = vocabulary;
        this.byteTokens = vocabulary.byteTokens();
        this.unknownId = unknownId;
        this.prefix = prefix;
    }

    @Override
    public void encode(String fragment, boolean atStart, IntList out) {
        String text = (prefix.applies(atStart) ? " " + fragment : fragment).replace(' ', SPACE);
        int[] symbols = new int[text.length()];
        int count = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            int id = vocabulary.idOfText(Character.toString(codePoint));
            symbols[count++] = id != Vocabulary.NONE ? id : symbol(codePoint);
            i += Character.charCount(codePoint);
        }
        count = new PairMerger(new ScoredPairs()).merge(symbols, count);
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

    /** Pairs by spelling. A text has few different ones, so what was found is kept: one per text, as it is not shared. */
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
}
