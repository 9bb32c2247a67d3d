package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Tokenizers of GGUF metadata. A few lines longer than most files here, since the cases share one small vocabulary. */
class GgufTokenizerTest {
    private static final String P = "tokenizer.ggml.";

    /** {@code <unk> <s> </s>}, 256 byte tokens, then words with falling scores, then {@code <|im_end|>}. */
    private static Map<String, Object> sentencePiece(String... words) {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int value = 0; value < 256; value++) {
            tokens.add(Vocabulary.bytePiece(value));
        }
        tokens.addAll(List.of(words));
        tokens.add("<|im_end|>");
        float[] scores = new float[tokens.size()];
        int[] types = new int[tokens.size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = id < 259 ? 0 : -id;
            types[id] = id == 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : id == scores.length - 1 ? 3 : 1;
        }
        Map<String, Object> metadata = new HashMap<>();
        metadata.put(P + "model", "llama");
        metadata.put(P + "tokens", tokens.toArray(String[]::new));
        metadata.put(P + "scores", scores);
        metadata.put(P + "token_type", types);
        return metadata;
    }

    /** The byte alphabet, the tokens that merges make, then {@code <|im_end|>}. */
    private static Map<String, Object> byteLevel(String pre, String... merges) {
        List<String> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(alphabet(value));
        }
        for (String merge : merges) {
            tokens.add(merge.replace(" ", ""));
        }
        tokens.add("<|im_end|>");
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[types.length - 1] = 3;
        Map<String, Object> metadata = new HashMap<>();
        metadata.put(P + "model", "gpt2");
        metadata.put(P + "pre", pre);
        metadata.put(P + "tokens", tokens.toArray(String[]::new));
        metadata.put(P + "token_type", types);
        metadata.put(P + "merges", merges);
        return metadata;
    }

    private static String alphabet(int value) {
        for (char c = '!'; c < 0x144; c++) {
            byte[] bytes = ByteAlphabet.decode(String.valueOf(c));
            if (bytes.length == 1 && (bytes[0] & 0xFF) == value) {
                return String.valueOf(c);
            }
        }
        throw new AssertionError(value);
    }

    private static String pieces(Tokenizer tokenizer, int[] ids) {
        return String.join(" ", Arrays.stream(ids).mapToObj(tokenizer::piece).toList());
    }

    private static String plain(Tokenizer tokenizer, String text) {
        return pieces(tokenizer, tokenizer.encode(text, false, false));
    }

    @Test
    void sentencePieceMergesByScoreThenFromTheLeft() {
        Tokenizer tokenizer = GgufTokenizer.from(sentencePiece("bc", "ab", "aa", "▁ab", "▁", "a", "b", "c"));
        assertEquals("▁ a bc", plain(tokenizer, "abc"));
        assertEquals("▁ab", plain(tokenizer, "ab"));
        assertEquals("▁ aa aa a", plain(tokenizer, "aaaaa"));
        assertEquals("▁ab ▁ab", plain(tokenizer, "ab ab"));
        assertEquals("", plain(tokenizer, ""));
    }

    @Test
    void sentencePieceFallsBackToBytes() {
        Tokenizer tokenizer = GgufTokenizer.from(sentencePiece("▁", "a"));
        assertEquals("▁ <0xF0> <0x9F> <0xA6> <0x99> a", plain(tokenizer, "🦙a"));
        assertEquals("🦙a", tokenizer.decode(tokenizer.encode("🦙a", false, false)));
        assertEquals("▁ <0xEF> <0xBF> <0xBD> a", plain(tokenizer, "\uD83Ea"));
        assertEquals("▁ <0x00> <0x00>", plain(tokenizer, "\0\0"));
        assertArrayEquals(new byte[] {(byte) 0xF0}, tokenizer.bytes(tokenizer.idOf("<0xF0>").getAsInt()));
    }

    @Test
    void withoutByteTokensTheUnknownTokenStands() {
        Map<String, Object> metadata = sentencePiece("a");
        String[] tokens = {"<unk>", "<s>", "</s>", "▁", "a"};
        metadata.put(P + "tokens", tokens);
        metadata.remove(P + "scores");
        metadata.remove(P + "token_type");
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertEquals("▁ a <unk> a", plain(tokenizer, "aéa"));
        Vocabulary vocabulary = new Vocabulary(
                new String[] {"a"}, new float[1], new TokenKind[] {TokenKind.NORMAL});
        Engine engine = new SentencePieceBpe(vocabulary, Vocabulary.NONE, SpacePrefix.NEVER);
        assertThrows(QuernException.class, () -> engine.encode("b", true, new IntList()));
    }

    @Test
    void spaceInFront() {
        Map<String, Object> metadata = sentencePiece("▁", "a", "▁a");
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertEquals("<s> ▁a <|im_end|> ▁a", pieces(tokenizer, tokenizer.encode("a<|im_end|>a")));
        assertEquals("a", tokenizer.decode(tokenizer.encode("a")));
        assertEquals(" a", tokenizer.streamDecoder().accept(tokenizer.idOf("▁a").getAsInt()));
        metadata.put(P + "add_space_prefix", false);
        tokenizer = GgufTokenizer.from(metadata);
        assertEquals("<s> a <|im_end|> a", pieces(tokenizer, tokenizer.encode("a<|im_end|>a")));
        assertEquals(" a", tokenizer.decode(tokenizer.encode(" a")));
    }

    @Test
    void plainTextNeverBecomesAControlToken() {
        Map<String, Object> metadata = sentencePiece("</", "s>", "<", "/", "s", ">", "▁");
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertEquals("▁ </ s>", plain(tokenizer, "</s>"));
        assertEquals("</s>", pieces(tokenizer, tokenizer.encode("</s>", false, true)));
        assertEquals("", tokenizer.decode(2));
        assertEquals("</s>", tokenizer.decode(new int[] {2}, true));
    }

    @Test
    void beginningAndEnd() {
        Map<String, Object> metadata = sentencePiece("▁", "a");
        metadata.put(P + "add_eos_token", true);
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertEquals("<s> ▁ a </s>", pieces(tokenizer, tokenizer.encode("a")));
        assertEquals("<s> </s>", pieces(tokenizer, tokenizer.encode("")));
        assertEquals(OptionalInt.of(1), tokenizer.bos());
        assertEquals(OptionalInt.of(2), tokenizer.eos());
        assertTrue(tokenizer.isEndOfGeneration(tokenizer.idOf("<|im_end|>").getAsInt()));
        assertTrue(tokenizer.isEndOfGeneration(2));
        assertFalse(tokenizer.isEndOfGeneration(1));
        metadata.put(P + "add_bos_token", false);
        metadata.put(P + "add_eos_token", false);
        assertEquals("", pieces(tokenizer, GgufTokenizer.from(metadata).encode("")));
        assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.piece(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> tokenizer.bytes(tokenizer.vocabularySize()));
    }

    @Test
    void byteLevelMergesByRank() {
        Tokenizer tokenizer = GgufTokenizer.from(byteLevel("gpt-2", "b c", "a b", "Ġ a", "Ġa bc"));
        assertEquals("a bc", plain(tokenizer, "abc"));
        assertEquals("Ġabc", plain(tokenizer, " abc"));
        assertEquals("ab ab", plain(tokenizer, "abab"));
        assertEquals(OptionalInt.empty(), tokenizer.bos());
    }

    @Test
    void byteLevelGivesEveryTextBack() {
        Map<String, Object> metadata = byteLevel("llama-bpe", "Ġ Ġ", "t h", "th e", "Ġ the", "Ã ©", "ä ¸", "ä¸ Ń");
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        RandomTexts random = new RandomTexts();
        for (int i = 0; i < 1000; i++) {
            String text = random.next(40);
            assertEquals(text, tokenizer.decode(tokenizer.encode(text, false, false)));
            assertEquals(text, tokenizer.decode(tokenizer.encode(text, false, true), true));
        }
        assertEquals("x\uFFFDy", tokenizer.decode(tokenizer.encode("x\uDC00y")));
    }

    @Test
    void mergesBeyondTheVocabularyAreSpeltOut() {
        Map<String, Object> metadata = byteLevel("gpt-2", "a b");
        metadata.put(P + "merges", List.of("a b", "ab c", "x y"));
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertEquals("a b c", plain(tokenizer, "abc"));
        assertEquals("ab d", plain(tokenizer, "abd"));
        assertEquals("x y", plain(tokenizer, "xy"));
    }

    @Test
    void wholePiecesComeBeforeMerges() {
        Map<String, Object> metadata = byteLevel("llama-bpe", "a b");
        String[] tokens = ((String[]) metadata.get(P + "tokens")).clone();
        tokens['!'] = "abcd";
        metadata.put(P + "tokens", tokens);
        assertEquals("abcd", plain(GgufTokenizer.from(metadata), "abcd"));
        metadata.put(P + "pre", "qwen2");
        assertEquals("ab c d", plain(GgufTokenizer.from(metadata), "abcd"));
        // A byte without a token: left out.
        assertEquals("a", plain(GgufTokenizer.from(metadata), "a!"));
    }

    @Test
    void userDefinedTokensAreFoundInPlainTextToo() {
        Map<String, Object> metadata = byteLevel("gpt-2", "a b");
        String[] tokens = (String[]) metadata.get(P + "tokens");
        tokens['!'] = "b  a";
        ((int[]) metadata.get(P + "token_type"))['!'] = 4;
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertArrayEquals(new int[] {'a', '!', 256}, tokenizer.encode("ab  aab", false, false));
        assertEquals("b  a", tokenizer.decode('!'));
        assertEquals("< | i m _ e n d | >", plain(tokenizer, "<|im_end|>"));
    }

    @Test
    void phi3SwallowsSpaceAfterSpecialTokens() {
        Map<String, Object> metadata = sentencePiece("▁", "a");
        metadata.put("general.name", "Phi-3-mini");
        metadata.put(P + "add_space_prefix", false);
        Tokenizer tokenizer = GgufTokenizer.from(metadata);
        assertEquals("<|im_end|> a <s> ▁ a", pieces(tokenizer, tokenizer.encode("<|im_end|>\n a<s> a", false, true)));
    }

    @Test
    void arraysOfAnyKindAreTaken() {
        Map<String, Object> metadata = sentencePiece("▁", "a");
        int[] expected = GgufTokenizer.from(metadata).encode("a<|im_end|>");
        metadata.put(P + "tokens", List.of((Object[]) (String[]) metadata.get(P + "tokens")));
        int[] types = (int[]) metadata.get(P + "token_type");
        metadata.put(P + "token_type", Arrays.stream(types).asLongStream().toArray());
        float[] scores = (float[]) metadata.get(P + "scores");
        Object[] boxed = new Object[scores.length + 3];
        Arrays.setAll(boxed, i -> i < scores.length ? (double) scores[i] : 0.0);
        metadata.put(P + "scores", boxed);
        metadata.put(P + "bos_token_id", 1);
        metadata.put(P + "eos_token_id", 1L << 40);
        assertArrayEquals(expected, GgufTokenizer.from(metadata).encode("a<|im_end|>"));
    }

    @Test
    void ofTwoTokensSpeltAlikeTheFirstIsUsed() {
        Tokenizer tokenizer = GgufTokenizer.from(sentencePiece("▁", "a", "a", ""));
        int id = tokenizer.idOf("a").getAsInt();
        assertEquals(260, id);
        assertEquals("a", tokenizer.piece(261));
        assertEquals("", tokenizer.piece(262));
        assertArrayEquals(new int[] {259, 260}, tokenizer.encode("a", false, true));
    }

    @Test
    void aTokenLongerThanAnyWord() {
        String word = "ab".repeat(40_000);
        List<String> words = new ArrayList<>(List.of("▁", "a", "b"));
        for (int length = 2; length <= word.length(); length *= 2) {
            words.add(word.substring(0, length));
        }
        words.add(word);
        Tokenizer tokenizer = GgufTokenizer.from(sentencePiece(words.toArray(String[]::new)));
        int[] ids = tokenizer.encode(word + word, false, false);
        assertEquals(word + word, tokenizer.decode(ids));
    }

    private static void refused(Map<String, Object> metadata, String expected) {
        QuernException e = assertThrows(QuernException.class, () -> GgufTokenizer.from(metadata));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void wrongMetadataIsRefusedByName() {
        refused(new HashMap<>(), "tokenizer.ggml.model");
        refused(new HashMap<>(Map.of(P + "model", 3L)), "expected a string");
        refused(new HashMap<>(Map.of(P + "model", "t5")), "'t5'");
        refused(new HashMap<>(Map.of(P + "model", "llama")), "tokenizer.ggml.tokens");
        Map<String, Object> metadata = sentencePiece("a");
        metadata.put(P + "scores", new float[3]);
        refused(metadata, "tokenizer.ggml.scores has 3 entries");
        metadata.put(P + "scores", "many");
        refused(metadata, "expected an array");
        metadata.remove(P + "scores");
        metadata.put(P + "token_type", new String[400]);
        refused(metadata, "expected an array of numbers");
        Map<String, Object> bytes = byteLevel("mystery");
        refused(bytes, "'mystery'");
        bytes.put(P + "pre", "gpt-2");
        bytes.put(P + "merges", new String[] {"ab"});
        refused(bytes, "merges[0]");
        bytes.remove(P + "merges");
        refused(bytes, "tokenizer.ggml.merges");
        bytes.put(P + "merges", new String[0]);
        bytes.put(P + "add_bos_token", true);
        refused(bytes, "tokenizer.ggml.bos_token_id");
    }

    @Test
    void aModelWithoutTokenizerTakesIdsOnly() {
        Tokenizer tokenizer = GgufTokenizer.from(
                Map.of(P + "model", "none", "general.architecture", "llama", "llama.vocab_size", 128L));
        assertEquals(128, tokenizer.vocabularySize());
        QuernException e = assertThrows(QuernException.class, () -> tokenizer.encode("a"));
        assertTrue(e.getMessage().contains("no tokenizer"), e.getMessage());
        assertThrows(QuernException.class, () -> tokenizer.decode(1));
        assertFalse(tokenizer.isEndOfGeneration(5));
    }
}
