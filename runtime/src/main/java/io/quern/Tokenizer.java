package io.quern;

import java.util.OptionalInt;

/**
 * Text to token ids and back, by the rules and the vocabulary of one model. Immutable and safe for use by many threads.
 *
 * <p>Text may be any Java string: an unpaired surrogate counts as U+FFFD. Ids are 0 to {@link #vocabularySize()} - 1;
 * every method that takes an id throws {@link IndexOutOfBoundsException} for others. A model's logits may have more or
 * fewer rows than the vocabulary has tokens.
 */
public interface Tokenizer {
    /** Number of ids, holes included. */
    int vocabularySize();

    /**
     * The ids of a text whose special tokens, such as {@code <|im_start|>}, mean themselves, with the beginning and end
     * tokens that the model asks for.
     *
     * @throws QuernException if the model's tokenizer cannot encode
     */
    default int[] encode(String text) {
        return encode(text, true, true);
    }

    /**
     * The ids of a text.
     *
     * @param addSpecial   add the beginning and end tokens, if the model asks for them
     * @param parseSpecial special tokens in the text mean themselves; if false, they are text like any other (for text
     *                     that is not trusted)
     * @throws QuernException if the model's tokenizer cannot encode
     */
    int[] encode(String text, boolean addSpecial, boolean parseSpecial);

    /**
     * The text of the ids, without special tokens. Bytes that are not UTF-8 become U+FFFD. The space that encoding puts
     * in front of a text, with models that do so, is taken off again.
     */
    default String decode(int... ids) {
        return decode(ids, false);
    }

    /** As {@link #decode(int...)}; special tokens are shown as they are spelt if {@code showSpecial}. */
    String decode(int[] ids, boolean showSpecial);

    /**
     * How the vocabulary spells a token: {@code ▁the}, {@code Ġthe}, {@code <0x0A>}. Empty for an id without a token.
     */
    String piece(int id);

    /** The bytes of text that a token stands for; none for a special token. They may be part of a character. */
    byte[] bytes(int id);

    /** Whether a token is for control only and not text, such as the beginning of text. */
    boolean isSpecial(int id);

    /** Whether a model that gives this token has finished its answer. */
    boolean isEndOfGeneration(int id);

    /** The token at the beginning of a text, if there is one. */
    OptionalInt bos();

    /** The token at the end of a text, if there is one. */
    OptionalInt eos();

    /** The id of the token that the vocabulary spells so. */
    OptionalInt idOf(String piece);

    /**
     * A decoder for ids that continue a text, such as the answer of a model; unlike {@link #decode(int...)} it keeps a
     * leading space, which here belongs to the text.
     */
    default TokenStreamDecoder streamDecoder() {
        return new TokenStreamDecoder(this, false, false);
    }
}
