package io.quern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TokenStreamDecoderTest {
    /** 256 tokens of one byte each; then a special token. */
    private static final class Bytes implements Tokenizer {
        @Override
        public int vocabularySize() {
            return 257;
        }

        @Override
        public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xFF;
            }
            return ids;
        }

        @Override
        public String decode(int[] ids, boolean showSpecial) {
            return TokenStreamDecoderTest.decode(new TokenStreamDecoder(this, showSpecial, true), ids);
        }

        @Override
        public String piece(int id) {
            return "<special>";
        }

        @Override
        public byte[] bytes(int id) {
            return isSpecial(id) ? new byte[0] : new byte[] {(byte) id};
        }

        @Override
        public boolean isSpecial(int id) {
            return id == 256;
        }

        @Override
        public boolean isEndOfGeneration(int id) {
            return false;
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

    private static final Tokenizer BYTES = new Bytes();

    private static String decode(TokenStreamDecoder decoder, int... ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.accept(id));
        }
        return text.append(decoder.finish()).toString();
    }

    @Test
    void characterComesWhenItIsWhole() {
        TokenStreamDecoder decoder = BYTES.streamDecoder();
        assertEquals("a", decoder.accept('a'));
        assertEquals("", decoder.accept(0xF0));
        assertEquals("", decoder.accept(0x9F));
        assertEquals("", decoder.accept(0xA6));
        assertEquals("🦙", decoder.accept(0x99));
        assertEquals("", decoder.finish());
    }

    @Test
    void malformedBytesBecomeReplacementCharacters() {
        assertEquals("\uFFFDa", decode(BYTES.streamDecoder(), 0xE4, 'a'));
        assertEquals("\uFFFD\uFFFDb", decode(BYTES.streamDecoder(), 0x80, 0xFF, 'b'));
        assertEquals("x\uFFFD", decode(BYTES.streamDecoder(), 'x', 0xF0, 0x9F, 0xA6));
    }

    @Test
    void canBeUsedAgainAfterItsEnd() {
        TokenStreamDecoder decoder = BYTES.streamDecoder();
        assertEquals("\uFFFD", decode(decoder, 0xE9));
        assertEquals("ok", decode(decoder, 'o', 'k'));
    }

    @Test
    void specialTokensAreLeftOutUnlessAskedFor() {
        int[] ids = {'a', 256, 'b'};
        assertEquals("ab", BYTES.decode(ids));
        assertEquals("a<special>b", BYTES.decode(ids, true));
    }

    @Test
    void oneLeadingSpaceIsDroppedAtTheBeginningOnly() {
        assertEquals(" a b", BYTES.decode(256, ' ', ' ', 'a', ' ', 'b'));
        assertEquals("a", BYTES.decode('a'));
        assertEquals(" a", decode(BYTES.streamDecoder(), ' ', 'a'));
    }
}
