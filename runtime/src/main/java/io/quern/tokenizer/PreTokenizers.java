package io.quern.tokenizer;

import io.quern.QuernException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The pre-tokenizers that GGUF files name in {@code tokenizer.ggml.pre}. */
final class PreTokenizers {
    /**
     * A named one.
     *
     * @param ignoreMerges a piece that is a token as a whole is not cut
     * @param addBos       models of this family begin with the beginning token unless the file says otherwise
     */
    record Named(PreTokenizer splitter, boolean ignoreMerges, boolean addBos) {}

    private static final String CONTRACTIONS = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";

    /** What nearly all patterns since GPT-4 end with. */
    private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";

    static final String LLAMA_3 =
            CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + SYMBOLS + SPACES;

    static final String QWEN_2 = CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + SYMBOLS + SPACES;

    private static final String UPPER_WORD = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";

    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

    /** Words in camel case are cut: upper-case letters, then lower-case ones. */
    private static final String TEKKEN = UPPER_WORD + "*" + LOWER + "+|" + UPPER_WORD + "+" + LOWER + "*|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;

    private static final String GPT_4O = UPPER_WORD + "*" + LOWER + "+" + CONTRACTIONS + "?|" + UPPER_WORD + "+" + LOWER
            + "*" + CONTRACTIONS + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;

    private static final String FALCON_PUNCTUATION = "[\\p{P}\\$\\+<=>\\^~\\|`]+";

    private static final String DEFAULT_PUNCTUATION = "[\\p{P}\\$\\+<=>\\^~\\|]+";

    private static final String CJK = "[一-龥ࠀ-一가-퟿]+";

    /** DeepSeek's list of the letters with case. */
    private static final String DEEPSEEK_LETTERS = "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-Ֆ"
            + "Ⴀ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼ\u1FBEῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼ"
            + "ℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212A-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗ"
            + "Ａ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";

    private static final String DEEPSEEK_3 = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*" + SPACES;

    private PreTokenizers() {}

    /**
     * The pre-tokenizer of a name, for byte-level vocabularies.
     *
     * @throws QuernException if the name is not known
     */
    static Named named(String name) {
        return switch (name) {
            case "default" -> plain(DEFAULT_PUNCTUATION, RegexSplit.GPT_2, "\\p{N}+", "[0-9][0-9][0-9]");
            case "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2" ->
                    new Named(byteLevel(LLAMA_3), true, true);
            case "dbrx", "smaug-bpe", "glm4", "chatglm-bpe" -> plain(LLAMA_3);
            case "qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez", "kormo", "f2llmv2", "solar-open", "grok-2" ->
                    plain(QWEN_2);
            case "qwen35" -> plain(CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + SPACES);
            case "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "exaone4", "gigachat", "a.x-4.0",
                    "mellum" -> plain(RegexSplit.GPT_2);
            case "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2" ->
                    plain("\\p{N}", RegexSplit.GPT_2);
            case "falcon" -> plain(FALCON_PUNCTUATION, RegexSplit.GPT_2, "[0-9][0-9][0-9]");
            case "deepseek-llm" -> new Named(
                    PreTokenizer.sequence(List.of(
                            new RegexSplit("[\\r\\n]"),
                            new RegexSplit(DEEPSEEK_LETTERS),
                            new RegexSplit("\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+"),
                            PreTokenizers::splitTrailingSpace,
                            new RegexSplit(CJK),
                            new RegexSplit("\\p{N}+"),
                            PreTokenizer.byteLevel())),
                    false,
                    false);
            case "deepseek-coder" -> plain("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CJK, "\\p{N}");
            case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4" ->
                    plain("\\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+", DEEPSEEK_3);
            case "poro-chat", "bloom", "gpt3-finnish" -> plain(" ?[^(\\s|.,!?…。，、।۔،)]+");
            case "viking" -> plain(" ?[^(\\s|.,!?…。，、।۔،)]+", "\\p{N}");
            case "tekken" -> new Named(byteLevel(TEKKEN), true, true);
            case "gpt-4o", "llama4", "kanana2", "minimax-m2" -> plain(GPT_4O);
            case "bailingmoe", "bailingmoe2", "llada-moe" ->
                    plain("'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + SYMBOLS
                            + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+");
            case "seed-coder" -> plain(CONTRACTIONS
                    + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+" + SPACES);
            default -> throw new QuernException("the pre-tokenizer '" + name + "' (tokenizer.ggml.pre) is not supported");
        };
    }

    private static Named plain(String... patterns) {
        return new Named(byteLevel(patterns), false, false);
    }

    private static PreTokenizer byteLevel(String... patterns) {
        List<PreTokenizer> steps = new ArrayList<>();
        Arrays.stream(patterns).map(RegexSplit::new).forEach(steps::add);
        steps.add(PreTokenizer.byteLevel());
        return PreTokenizer.sequence(steps);
    }

    /** What the pattern {@code \s+$} does, which looks at every run of spaces once for each of them. */
    private static void splitTrailingSpace(String text, boolean atStart, PreTokenizer.Sink out) {
        int end = text.length();
        while (end > 0 && Spaces.is(text.charAt(end - 1))) {
            end--;
        }
        if (end > 0) {
            out.accept(text.substring(0, end), atStart);
        }
        if (end < text.length()) {
            out.accept(text.substring(end), atStart && end == 0);
        }
    }
}
