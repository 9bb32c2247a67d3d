package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.Tokenizer;
import java.util.Objects;
import java.util.OptionalInt;

/** For a model that comes without a vocabulary: it takes and gives ids alone. */
final class NoTokenizer implements Tokenizer {
    private final int size;

    /** @param size number of ids, or 0 if it is not known */
    NoTokenizer(int size) {
        this.size = size;
    }

    @Override
    public int vocabularySize() {
        return size;
    }

    @Override
    public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
        throw refusal();
    }

    @Override
    public String decode(int[] ids, boolean showSpecial) {
        throw refusal();
    }

    private static QuernException refusal() {
        return new QuernException(
                "the model has no tokenizer (its tokenizer model is 'none'): it takes and gives ids, not text");
    }

    @Override
    public String piece(int id) {
        check(id);
        return "";
    }

    @Override
    public byte[] bytes(int id) {
        check(id);
        return new byte[0];
    }

    @Override
    public boolean isSpecial(int id) {
        check(id);
        return false;
    }

    @Override
    public boolean isEndOfGeneration(int id) {
        check(id);
        return false;
    }

    private void check(int id) {
        Objects.checkIndex(id, size == 0 ? Integer.MAX_VALUE : size);
    }

    @Override
    public OptionalInt bos() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt eos() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt idOf(String piece) {
        return OptionalInt.empty();
    }
}
