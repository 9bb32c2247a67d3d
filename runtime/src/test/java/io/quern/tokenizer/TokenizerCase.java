package io.quern.tokenizer;

import io.quern.Shared;
import io.quern.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** A text with its ids, from the files under {@code ../shared}. */
record TokenizerCase(String text, int[] ids, boolean parseSpecial) {
    static List<TokenizerCase> read(String file) {
        return ((List<?>) json(file)).stream().map(TokenizerCase::of).toList();
    }

    private static TokenizerCase of(Object value) {
        Map<?, ?> map = (Map<?, ?>) value;
        return new TokenizerCase(
                (String) map.get("text"), ids(map.get("ids")), Boolean.TRUE.equals(map.get("parse_special")));
    }

    static int[] ids(Object list) {
        return ((List<?>) list).stream().mapToInt(id -> ((Long) id).intValue()).toArray();
    }

    static Object json(String file) {
        try {
            return Json.parse(Files.readAllBytes(Shared.path(file)), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
