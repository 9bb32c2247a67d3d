package io.quern.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tokenizer.json} files of few tokens; single quotes stand for double ones. */
class HubTokenizerTest {
    private static final String VOCAB = "{'<unk>':0,'<s>':1,'</s>':2,'▁':3,'a':4,'b':5,'ab':6,'▁ab':7,'<0xC3>':8,"
            + "'<0xA9>':9,'Ġ':10,'Ġa':11,'1':12,'A':13}";
    private static final String MERGES = "['a b',['▁','ab'],['Ġ','a']]";
    private static final String SPECIAL =
            "[{'id':1,'content':'<s>','special':true},{'id':2,'content':'</s>','special':true}]";

    @TempDir
    Path folder;

    private void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text.replace('\'', '"'));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A tokenizer whose file has further entries; those of the model are changed by {@code model}. */
    private Tokenizer tokenizer(String entries, String model) {
        write("tokenizer.json", "{'version':'1.0'"
                + (entries.contains("added_tokens") ? "" : ",'added_tokens':" + SPECIAL)
                + (entries.isEmpty() ? "" : "," + entries)
                + ",'model':{'type':'BPE','vocab':" + VOCAB + ",'merges':" + MERGES
                + (model.isEmpty() ? "" : "," + model) + "}}");
        return HubTokenizer.load(folder, Set.of(5));
    }

    private static String pieces(Tokenizer tokenizer, String text, boolean addSpecial) {
        return String.join(" ", Arrays.stream(tokenizer.encode(text, addSpecial, true))
                .mapToObj(tokenizer::piece)
                .toList());
    }

    private static String pieces(Tokenizer tokenizer, String text) {
        return pieces(tokenizer, text, false);
    }

    private static final String LEGACY =
            "'normalizer':{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},"
                    + "{'type':'Replace','pattern':{'String':' '},'content':'▁'}]},"
                    + "'decoder':{'type':'Sequence','decoders':["
                    + "{'type':'Replace','pattern':{'String':'▁'},'content':' '},"
                    + "{'type':'ByteFallback'},{'type':'Fuse'},"
                    + "{'type':'Strip','content':' ','start':1,'stop':0}]}";

    @Test
    void spaceIsPutInFrontAndTakenOff() {
        Tokenizer tokenizer = tokenizer(LEGACY, "'byte_fallback':true,'unk_token':'<unk>','fuse_unk':true");
        assertEquals("▁ab ▁ab", pieces(tokenizer, "ab ab"));
        assertEquals("▁ab <s> ▁ab", pieces(tokenizer, "ab<s>ab"));
        assertEquals("ab é", tokenizer.decode(tokenizer.encode("ab é")));
        assertEquals("▁ <0xC3> <0xA9>", pieces(tokenizer, "é"));
        assertEquals("▁ <unk> a", pieces(tokenizer, "xya"));
        assertEquals("", pieces(tokenizer, ""));
    }

    @Test
    void theConfigurationCanForbidTheSpaceInFront() {
        write("tokenizer_config.json", "{'add_prefix_space':false}");
        Tokenizer tokenizer = tokenizer(LEGACY, "'byte_fallback':true");
        assertEquals("ab <s> ab", pieces(tokenizer, "ab<s>ab"));
        assertEquals(" ab", tokenizer.decode(tokenizer.encode(" ab")));
        tokenizer = tokenizer("'pre_tokenizer':{'type':'Metaspace','prepend_scheme':'always'}", "");
        assertEquals("ab ▁ab", pieces(tokenizer, "ab ab"));
    }

    @Test
    void unknownCharacters() {
        assertEquals("<unk> a <unk>", pieces(tokenizer("", "'unk_token':'<unk>','fuse_unk':true"), "xyaz"));
        assertEquals("<unk> <unk> a <unk>", pieces(tokenizer("", "'unk_token':'<unk>'"), "xyaz"));
        assertEquals("a", pieces(tokenizer("", ""), "xyaz"));
        assertEquals("<unk>", pieces(tokenizer("", "'byte_fallback':true,'unk_token':'<unk>'"), "ê"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "{'type':'ByteLevel','add_prefix_space':false}; ab a1; ab Ġa 1",
        "{'type':'ByteLevel','add_prefix_space':true}; ab a1; Ġ ab Ġa 1",
        "{'type':'Metaspace','prepend_scheme':'always'}; ab ab; ▁ab ▁ab",
        "{'type':'Metaspace','prepend_scheme':'first'}; <s>ab ab; <s> ab ▁ab",
        "{'type':'Metaspace','add_prefix_space':false}; ab ab; ab ▁ab",
        "{'type':'Whitespace'}; ab  ab; ab ab",
        "{'type':'Digits','individual_digits':true}; 1a11b; 1 a 1 1 b",
        "{'type':'FixedLength','length':1}; abab; a b a b",
        "{'type':'CharDelimiterSplit','delimiter':'1'}; ab1ab; ab ab",
        "{'type':'Split','pattern':{'Regex':'b'},'behavior':'MergedWithNext','invert':false}; abab; a b a b",
        "{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Punctuation'}]}; ab ab; ab ab"
    })
    void preTokenizers(String component, String text, String expected) {
        assertEquals(expected, pieces(tokenizer("'pre_tokenizer':" + component, ""), text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "{'type':'Lowercase'}; AB; ab",
        "{'type':'Strip','strip_left':true,'strip_right':false}; `  ab`; ab",
        "{'type':'Sequence','normalizers':[{'type':'NFD'},{'type':'StripAccents'}]}; áb; ab",
        "{'type':'NFKC'}; `\u00AA\u1D47`; ab",
        "{'type':'Replace','pattern':{'Regex':'x+'},'content':'a'}; xxb; ab",
        "{'type':'BertNormalizer'}; Áb; ab"
    })
    void normalizers(String component, String text, String expected) {
        assertEquals(expected, pieces(tokenizer("'normalizer':" + component, ""), text));
    }

    @Test
    void addedTokens() {
        Tokenizer tokenizer = tokenizer("'added_tokens':[{'id':20,'content':'word','single_word':true},"
                + "{'id':21,'content':'<l>','lstrip':true,'special':true,'normalized':false},"
                + "{'id':22,'content':'<R>','rstrip':true,'normalized':true,'special':true},"
                + "{'id':99,'content':'ab','special':false}],'normalizer':{'type':'Lowercase'}", "");
        assertEquals(23, tokenizer.vocabularySize());
        assertEquals("", tokenizer.piece(15));
        assertEquals("word b <l> b", pieces(tokenizer, "word b  <l>b"));
        assertEquals("b", pieces(tokenizer, "swordb"));
        assertEquals("<R> b", pieces(tokenizer, "<r>  b"));
        assertArrayEquals(new int[] {6}, tokenizer.encode("ab", false, false));
        assertArrayEquals(new int[] {5}, tokenizer.encode("<l>b", false, false));
        assertEquals("wordb", tokenizer.decode(20, 21, 5));
        assertEquals("<l>", tokenizer.decode(new int[] {21}, true));
    }

    private static final String TEMPLATE = "'post_processor':{'type':'Sequence','processors':[{'type':'ByteLevel'},"
            + "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},"
            + "{'Sequence':{'id':'A','type_id':0}},{'SpecialToken':{'id':'</s>','type_id':0}}],'special_tokens':{"
            + "'<s>':{'id':'<s>','ids':[1],'tokens':['<s>']},'</s>':{'id':'</s>','ids':[2],'tokens':['</s>']}}}]}";

    @Test
    void whatStandsAroundAText() {
        assertEquals("<s> a </s>", pieces(tokenizer(TEMPLATE, ""), "a", true));
        assertEquals("a", pieces(tokenizer(TEMPLATE, ""), "a", false));
        write("tokenizer_config.json", "{'bos_token':{'content':'<s>'},'eos_token':'</s>','add_bos_token':false}");
        Tokenizer tokenizer = tokenizer(TEMPLATE, "");
        assertEquals("a </s>", pieces(tokenizer, "a", true));
        assertEquals(OptionalInt.of(1), tokenizer.bos());
        assertEquals(OptionalInt.of(2), tokenizer.eos());
        assertTrue(tokenizer.isEndOfGeneration(2));
        assertTrue(tokenizer.isEndOfGeneration(5));
        assertFalse(tokenizer.isEndOfGeneration(1));
        write(
                "tokenizer_config.json",
                "{'bos_token':'<s>','eos_token':'</s>','add_bos_token':true,'add_eos_token':true}");
        assertEquals("<s> a </s>", pieces(tokenizer("", ""), "a", true));
        write("tokenizer_config.json", "{'bos_token':'<none>','add_bos_token':true}");
        assertThrows(QuernException.class, () -> tokenizer("", ""));
    }

    @Test
    void wholePiecesComeBeforeMergesIfAskedFor() {
        assertEquals("a b", pieces(tokenizer("", "'merges':[]"), "ab"));
        assertEquals("ab", pieces(tokenizer("", "'merges':[],'ignore_merges':true"), "ab"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "'normalizer':{'type':'Mystery'}; ; 'Mystery'",
        "'pre_tokenizer':{'type':'Sequence','pretokenizers':[{'type':'Mystery'}]}; ; pretokenizers[0]: the pre-tok",
        "'post_processor':{'type':'Mystery'}; ; post-processor 'Mystery'",
        "'decoder':{'type':'WordPiece'}; ; decoder 'WordPiece'",
        "'decoder':{'type':'Strip','content':'x','start':2,'stop':1}; ; Strip",
        "'pre_tokenizer':{'type':'Split','pattern':{'Regex':'('},'behavior':'Isolated'}; ; not understood",
        "'pre_tokenizer':{'type':'Metaspace','add_prefix_space':false,'prepend_scheme':'first'}; ; prepend_scheme",
        "'version':'2.0'; ; version '2.0'",
        "'added_tokens':[{'id':-1,'content':'x'}]; ; the id -1",
        "'added_tokens':[{'id':999999999,'content':'x'}]; ; the id 999999999",
        "'added_tokens':7; ; expected an array",
        "'normalizer':{'type':'Precompiled','precompiled_charsmap':'//////8='}; ; precompiled_charsmap",
        "; 'type':'Unigram'; 'Unigram'",
        "; 'continuing_subword_prefix':'##'; continuing_subword_prefix",
        "; 'dropout':0.1; dropout",
        "; 'merges':['a x']; 'x'",
        "; 'merges':['ab']; merges[0]",
        "; 'merges':[['a']]; merges[0]",
        "; 'vocab':{'a':'b'}; the id b"
    })
    void whatIsNotSupportedIsRefusedByName(String entries, String model, String expected) {
        QuernException e = assertThrows(
                QuernException.class, () -> tokenizer(entries == null ? "" : entries, model == null ? "" : model));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().contains("tokenizer.json"), e.getMessage());
    }

    @Test
    void aFolderWithoutTokenizer() {
        assertFalse(HubTokenizer.isIn(folder));
        QuernException e = assertThrows(QuernException.class, () -> HubTokenizer.load(folder, Set.of()));
        assertTrue(e.getMessage().contains("tokenizer.json or tokenizer.model"), e.getMessage());
        write("tokenizer.json", "{'model'");
        assertThrows(QuernException.class, () -> HubTokenizer.load(folder, Set.of()));
        write("tokenizer.json", "[]");
        assertThrows(QuernException.class, () -> HubTokenizer.load(folder, Set.of()));
    }
}
