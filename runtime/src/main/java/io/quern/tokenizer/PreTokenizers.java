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

    private static final String CJK = "[\\u4E00-\\u9FA5\\u0800-\\u4E00\\uAC00-\\uD7FF]+";

    /**
     * DeepSeek's list of the letters with case, as of Unicode 12; as numbers, as some change when text is normalised.
     */
    private static final String DEEPSEEK_LETTERS =
            "\\s?[A-Za-z\\u00B5\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u01BA\\u01BC-\\u01BF"
                    + "\\u01C4-\\u0293\\u0295-\\u02AF\\u0370-\\u0373\\u0376\\u0377\\u037B-\\u037D\\u037F\\u0386"
                    + "\\u0388-\\u038A\\u038C\\u038E-\\u03A1\\u03A3-\\u03F5\\u03F7-\\u0481\\u048A-\\u052F"
                    + "\\u0531-\\u0556\\u10A0-\\u10C5\\u13A0-\\u13F5\\u13F8-\\u13FD\\u1C90-\\u1CBA\\u1CBD-\\u1CBF"
                    + "\\u1D00-\\u1D2B\\u1D6B-\\u1D77\\u1D79-\\u1D9A\\u1E00-\\u1F15\\u1F18-\\u1F1D\\u1F20-\\u1F45"
                    + "\\u1F48-\\u1F4D\\u1F50-\\u1F57\\u1F59\\u1F5B\\u1F5D\\u1F5F-\\u1F7D\\u1F80-\\u1FB4"
                    + "\\u1FB6-\\u1FBC\\u1FBE\\u1FC2-\\u1FC4\\u1FC6-\\u1FCC\\u1FD0-\\u1FD3\\u1FD6-\\u1FDB"
                    + "\\u1FE0-\\u1FEC\\u1FF2-\\u1FF4\\u1FF6-\\u1FFC\\u2102\\u2107\\u210A-\\u2113\\u2115"
                    + "\\u2119-\\u211D\\u2124\\u2126\\u2128\\u212A-\\u212D\\u212F-\\u2134\\u2139\\u213C-\\u213F"
                    + "\\u2145-\\u2149\\u214E\\u2183\\u2184\\u2C00-\\u2C7B\\u2C7E-\\u2CE4\\u2CEB-\\u2CEE\\u2CF2"
                    + "\\u2CF3\\uA640-\\uA66D\\uA680-\\uA69B\\uA722-\\uA76F\\uA771-\\uA787\\uA78B-\\uA78E"
                    + "\\uAB70-\\uABBF\\uFB00-\\uFB06\\uFB13-\\uFB17\\uFF21-\\uFF3A\\uFF41-\\uFF5A"
                    + "\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}"
                    + "\\x{10CC0}-\\x{10CF2}\\x{118A0}-\\x{118DF}\\x{1E900}-\\x{1E943}]+";

    private static final String DEEPSEEK_PUNCTUATION =
            "\\s?[!-/:-~\\uFF01-\\uFF0F\\uFF1A-\\uFF5E\\u2018-\\u201F\\u3000-\\u3002]+";

    private static final String DEEPSEEK_3 = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
            + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*" + SPACES;

    private static final String BLOOM =
            " ?[^(\\s|.,!?\\u2026\\u3002\\uFF0C\\u3001\\u0964\\u06D4\\u060C)]+";

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
            case "qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez", "kormo", "f2llmv2", "solar-open",
                    "grok-2" ->
                plain(QWEN_2);
            case "qwen35" -> plain(CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + SPACES);
            case "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "exaone4", "gigachat",
                    "a.x-4.0", "mellum" ->
                plain(RegexSplit.GPT_2);
            case "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2" ->
                plain("\\p{N}", RegexSplit.GPT_2);
            case "falcon" -> plain(FALCON_PUNCTUATION, RegexSplit.GPT_2, "[0-9][0-9][0-9]");
            case "deepseek-llm" -> new Named(
                    PreTokenizer.sequence(List.of(
                            new RegexSplit("[\\r\\n]"),
                            new RegexSplit(DEEPSEEK_LETTERS),
                            new RegexSplit(DEEPSEEK_PUNCTUATION),
                            // \s+$, but looking at each run of spaces once and not once for each of them
                            new RegexSplit("(?<!\\s)\\s+\\z"),
                            new RegexSplit(CJK),
                            new RegexSplit("\\p{N}+"),
                            PreTokenizer.byteLevel())),
                    false,
                    false);
            case "deepseek-coder" -> plain("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CJK, "\\p{N}");
            case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4" ->
                plain("\\p{N}{1,3}", "[\\u4E00-\\u9FA5\\u3040-\\u30FF]+", DEEPSEEK_3);
            case "poro-chat", "bloom", "gpt3-finnish" -> plain(BLOOM);
            case "viking" -> plain(BLOOM, "\\p{N}");
            case "tekken" -> new Named(byteLevel(TEKKEN), true, true);
            case "gpt-4o", "llama4", "kanana2", "minimax-m2" -> plain(GPT_4O);
            case "bailingmoe", "bailingmoe2", "llada-moe" ->
                plain("'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + SYMBOLS
                        + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+");
            case "seed-coder" -> plain(CONTRACTIONS
                    + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+" + SPACES);
            default ->
                throw new QuernException("the pre-tokenizer '" + name + "' (tokenizer.ggml.pre) is not supported");
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
}
