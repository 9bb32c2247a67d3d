package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceModelTest {
    @TempDir
    Path folder;

    private static byte[] varint(int field, int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int number : new int[] {field << 3, value}) {
            int rest = number;
            for (; rest > 0x7F; rest >>>= 7) {
                out.write(rest & 0x7F | 0x80);
            }
            out.write(rest);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(int field, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        byte[] head = varint(field, body.size());
        head[0] |= 2;
        return join(head, body.toByteArray());
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] piece(String text, float score, int kind) {
        int bits = Float.floatToIntBits(score);
        byte[] number = {2 << 3 | 5, (byte) bits, (byte) (bits >> 8), (byte) (bits >> 16), (byte) (bits >> 24)};
        byte[] unknownField = join(new byte[] {7 << 3 | 1}, new byte[8]);
        return bytes(1, bytes(1, text.getBytes(StandardCharsets.UTF_8)), number, varint(3, kind), unknownField);
    }

    private static byte[] model(int type, byte[]... normalizer) {
        return join(
                piece("<unk>", 0, 2),
                piece("<s>", 0, 3),
                piece("</s>", 0, 3),
                piece("<0xC3>", 0, 6),
                piece("<0xA9>", 0, 6),
                piece("▁a", -1, 1),
                piece("ab", 0, 1),
                piece("▁", -3, 1),
                piece("a", -4, 1),
                piece("b", -5, 1),
                piece("<user>", 0, 4),
                bytes(2, varint(3, type), varint(24, 0)),
                bytes(3, normalizer),
                bytes(9, new byte[] {1, 2, 3}));
    }

    private Tokenizer load(byte[] model, String config) throws IOException {
        Files.write(folder.resolve("tokenizer.model"), model);
        Files.writeString(folder.resolve("tokenizer_config.json"), config.replace('\'', '"'));
        return HubTokenizer.load(folder, Set.of());
    }

    private static String pieces(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        return String.join(" ", Arrays.stream(ids).mapToObj(tokenizer::piece).toList());
    }

    @Test
    void encodes() throws IOException {
        Tokenizer tokenizer = load(model(2, varint(4, 0)), "{}");
        assertEquals("▁ ab ▁a", pieces(tokenizer, "ab a"));
        assertEquals("▁a <0xC3> <0xA9> <unk>", pieces(tokenizer, "aéx"));
        assertEquals("▁a <user> ▁ b <s> ▁ ▁ b", pieces(tokenizer, "a<user>b<s> b"));
        assertEquals("ab  a", tokenizer.decode(tokenizer.encode("ab  a")));
    }

    @Test
    void configurationHasTheLastWord() throws IOException {
        byte[] model = model(2, varint(4, 0));
        assertEquals("a <s> a", pieces(load(model, "{'add_prefix_space':false}"), "a<s>a"));
        assertEquals("▁a <s> a", pieces(load(model, "{'legacy':false}"), "a<s>a"));
        String llama = "{'tokenizer_class':'LlamaTokenizer','bos_token':'<s>','eos_token':'</s>'}";
        assertEquals("<s> ▁a", pieces(load(model, llama), "a"));
        assertEquals("▁a", pieces(load(model, llama.replace("}", ",'add_bos_token':false}")), "a"));
        String added = "{'added_tokens_decoder':{'10':{'content':'<u2>','special':true},'12':{'content':'<new>'}}}";
        Tokenizer tokenizer = load(model, added);
        assertArrayEquals(new int[] {10, 12}, tokenizer.encode("<u2><new>"));
        assertEquals("<new>", tokenizer.decode(10, 11, 12));
    }

    @Test
    void normalizerSpecification() throws IOException {
        assertEquals("a", pieces(load(model(2, varint(3, 0), varint(4, 0)), "{}"), "a"));
        assertEquals("▁a ▁ b", pieces(load(model(2), "{}"), "  a   b "));
        // A trie that makes "b" of "x": the root leads to unit 1 ^ 'x', whose leaf is one unit further.
        int[] units = new int[256];
        units[0] = 1 << 10;
        units[1 ^ 'x'] = 'x' | 1 << 8 | 200 << 10;
        units[1 ^ 'x' ^ 200] = 0x80000000;
        byte[] map = new byte[4 + 4 * units.length + 2];
        map[1] = 4;
        for (int i = 0; i < units.length; i++) {
            for (int j = 0; j < 4; j++) {
                map[4 + 4 * i + j] = (byte) (units[i] >> 8 * j);
            }
        }
        map[map.length - 2] = 'b';
        assertEquals("▁ ab", pieces(load(model(2, bytes(2, map)), "{}"), "ax"));
    }

    @Test
    void whatIsNotSupportedIsRefusedByName() {
        for (String[] each : new String[][] {{"1", "UNIGRAM"}, {"3", "WORD"}, {"77", "77"}}) {
            QuernException e =
                    assertThrows(QuernException.class, () -> load(model(Integer.parseInt(each[0])), "{}"));
            assertTrue(e.getMessage().contains(each[1]) && e.getMessage().contains("tokenizer.model"), e.getMessage());
        }
        assertThrows(QuernException.class, () -> load(model(2, varint(5, 0)), "{}"));
        assertThrows(QuernException.class, () -> load(new byte[0], "{}"));
    }

    @Test
    void damagedFilesAreRefusedOrRead() {
        byte[] model = model(2, varint(4, 0));
        for (int length = 0; length < model.length; length++) {
            tolerate(Arrays.copyOf(model, length));
        }
        RandomTexts random = new RandomTexts();
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = model.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            tolerate(damaged);
        }
    }

    private static void tolerate(byte[] model) {
        try {
            new SentencePieceModel(model);
        } catch (QuernException e) {
            assertTrue(e.getMessage().contains("SentencePiece") || e.getMessage().contains("charsmap"), e.getMessage());
        }
    }
}
