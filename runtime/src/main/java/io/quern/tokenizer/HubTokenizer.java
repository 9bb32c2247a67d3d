package io.quern.tokenizer;

import io.quern.QuernException;
import io.quern.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a tokenizer from the files of a Hugging Face model folder. */
public final class HubTokenizer {
    private HubTokenizer() {}

    /**
     * The tokenizer of a folder: {@code tokenizer.json} if there is one, else {@code tokenizer.model}, with what
     * {@code tokenizer_config.json} adds.
     *
     * @param endOfGeneration ids that end an answer besides the end token, from {@code generation_config.json} or
     *     {@code config.json}; those beyond the vocabulary do no harm
     * @throws QuernException if the folder has no tokenizer, or one that is damaged or asks for what is not supported
     */
    public static Tokenizer load(Path folder, Set<Integer> endOfGeneration) {
        HubConfig config = HubConfig.read(folder);
        Ends ends = new Ends(endOfGeneration);
        Path json = folder.resolve("tokenizer.json");
        if (Files.exists(json)) {
            return located(json, () -> new TokenizerJson(HubConfig.readJson(json), config).tokenizer(ends));
        }
        Path model = folder.resolve("tokenizer.model");
        if (Files.exists(model)) {
            return located(model, () -> new SentencePieceModel(HubConfig.readBytes(model)).tokenizer(config, ends));
        }
        throw new QuernException(folder + ": no tokenizer: expected tokenizer.json or tokenizer.model");
    }

    /** Whether a folder has a tokenizer at all. */
    public static boolean isIn(Path folder) {
        return Files.exists(folder.resolve("tokenizer.json")) || Files.exists(folder.resolve("tokenizer.model"));
    }

    private interface Maker {
        Tokenizer make();
    }

    private static Tokenizer located(Path file, Maker maker) {
        try {
            return maker.make();
        } catch (QuernException e) {
            String message = e.getMessage();
            throw message.startsWith(file.toString()) ? e : new QuernException(file + ": " + message, e);
        }
    }

    /** What ends an answer, and which ids stand in front of a text and after it. */
    record Ends(Set<Integer> endOfGeneration) {
        /**
         * @param template what the tokenizer itself puts around a text; the configuration's flags have the last word
         */
        TokenizerOptions options(
                Vocabulary vocabulary, HubConfig config, HubTemplate template, boolean dropLeadingSpace) {
            int bos = id(vocabulary, config.token("bos_token"));
            int eos = id(vocabulary, config.token("eos_token"));
            Set<Integer> ends = new HashSet<>(endOfGeneration);
            ends.add(eos);
            for (String piece : EndTokens.SPELLINGS) {
                int id = vocabulary.idOf(piece);
                if (id != Vocabulary.NONE && vocabulary.kind(id).isSpecial()) {
                    ends.add(id);
                }
            }
            ends.remove(Vocabulary.NONE);
            return new TokenizerOptions(
                    bos,
                    eos,
                    around(template.prefix(), config.addBos(), bos, "bos"),
                    around(template.suffix(), config.addEos(), eos, "eos"),
                    dropLeadingSpace,
                    ends);
        }

        private static int id(Vocabulary vocabulary, String piece) {
            return piece == null ? Vocabulary.NONE : vocabulary.idOf(piece);
        }

        private static List<Integer> around(List<Integer> template, Boolean wanted, int id, String name) {
            if (wanted == null || wanted == template.contains(id)) {
                return template;
            }
            List<Integer> ids = new ArrayList<>(template);
            if (!wanted) {
                ids.remove((Integer) id);
            } else if (id == Vocabulary.NONE) {
                throw new QuernException("tokenizer_config.json: add_" + name
                        + "_token is true, but there is no " + name + "_token in the vocabulary");
            } else {
                ids.add(name.equals("bos") ? 0 : ids.size(), id);
            }
            return ids;
        }
    }
}
