package io.quern.cli;

import io.quern.QuernException;
import io.quern.Tokenizer;
import io.quern.checkpoint.Checkpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "tokenize", description = {
    "Turns the text on standard input, to the last byte, into token ids.", "Or ids into text, with --decode."},
        footerHeading = "%nExamples:%n", footer = {
            "  printf 'The mill turns' | quern tokenize model.gguf",
            "  quern tokenize model.gguf --json < book.txt",
            "  echo 464 2973 4962 | quern tokenize model.gguf --decode"})
final class TokenizeCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A GGUF file or a folder.")
    private Path model;

    @Option(names = "--plain", description = {
        "Add no token for the beginning of the text, and take special tokens in it for text like any other.",
        "With --decode: leave no such token out."})
    private boolean plain;

    @Option(names = "--decode", description = {
        "Read ids, separated by spaces, commas or lines", "(a JSON list too), and print their text."})
    private boolean decode;

    @Option(names = "--json", description = {
        "Print one JSON object: {\"ids\": [...], \"pieces\": [...]},", "with --decode {\"text\": ...}."})
    private boolean json;

    TokenizeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Tokenizer tokenizer = Checkpoints.tokenizer(model);
        String text = context.input().readAll();
        if (decode) {
            int[] ids = ids(text, tokenizer.vocabularySize());
            String decoded = tokenizer.decode(plain ? ids : withoutFrame(ids, tokenizer), true);
            if (json) {
                context.output().line(JsonText.of(Map.of("text", decoded)));
            } else {
                context.output().print(decoded);
            }
        } else {
            print(tokenizer, tokenizer.encode(text, !plain, !plain));
        }
        return 0;
    }

    private void print(Tokenizer tokenizer, int[] ids) {
        List<String> pieces = new ArrayList<>(ids.length);
        for (int id : ids) {
            pieces.add(tokenizer.piece(id));
        }
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("ids", ids);
            object.put("pieces", pieces);
            context.output().line(JsonText.of(object));
        } else {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < ids.length; i++) {
                lines.append(ids[i]).append('\t').append(pieces.get(i)).append('\n');
            }
            context.output().print(lines.toString());
        }
    }

    /** Without the beginning and end tokens that encoding would add, so that decoding is the way back. */
    private static int[] withoutFrame(int[] ids, Tokenizer tokenizer) {
        int[] frame = tokenizer.encode("");
        if (frame.length == 0 || ids.length == 0) {
            return ids;
        }
        int last = frame[frame.length - 1];
        int start = tokenizer.bos().equals(OptionalInt.of(frame[0])) && ids[0] == frame[0] ? 1 : 0;
        boolean ends =
                tokenizer.eos().equals(OptionalInt.of(last)) && ids.length > start && ids[ids.length - 1] == last;
        return Arrays.copyOfRange(ids, start, ids.length - (ends ? 1 : 0));
    }

    /** The numbers in a text such as "1 2 3" or "[1, 2, 3]". */
    private static int[] ids(String text, int vocabularySize) {
        String list = text.strip();
        if (list.startsWith("[") && list.endsWith("]")) {
            list = list.substring(1, list.length() - 1).strip();
        }
        if (list.isEmpty()) {
            return new int[0];
        }
        String[] words = list.split("[\\s,]+");
        int[] ids = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            try {
                ids[i] = Integer.parseInt(words[i]);
            } catch (NumberFormatException _) {
                throw new QuernException("standard input: \"" + words[i] + "\" is not a token id");
            }
            if (ids[i] < 0 || ids[i] >= vocabularySize) {
                throw new QuernException(
                        "standard input: token id " + ids[i] + " is not in 0 .. " + (vocabularySize - 1));
            }
        }
        return ids;
    }
}
