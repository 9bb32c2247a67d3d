package io.quern.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.quern.QuernException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Strict JSON, bounded in depth and in the number of values, so that a hostile text costs no more memory than a
 * multiple of its own size.
 */
public final class Json {
    /** As deep as serde_json, which the reference readers use, goes. */
    private static final int MAX_DEPTH = 128;

    /** A tokenizer with 256 thousand entries and twice as many merges has about two million. */
    private static final int MAX_VALUES = 1 << 23;

    private static final int MAX_NAME_LENGTH = 1 << 20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            // Names of a header differ in every file: a shared table of them would only grow.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;
    private final String where;
    private int values;

    private Json(JsonParser parser, String where) {
        this.parser = parser;
        this.where = where;
    }

    /**
     * The value of a whole text: {@code Map<String, Object>} in the text's order (of a repeated name the last value
     * counts, as Python and Rust have it), {@code List<Object>}, String, Long, Double (also for integers beyond
     * long), Boolean, or null.
     *
     * @param where what the text is, for messages: usually the file
     * @throws QuernException if it is not UTF-8, not JSON, followed by anything but white space, too deep or too large
     */
    public static Object parse(byte[] utf8, String where) {
        try (JsonParser parser = parser(utf8, where)) {
            Json json = new Json(parser, where);
            parser.nextToken();
            Object value = json.value();
            if (parser.nextToken() != null) {
                throw new QuernException(where + ": invalid JSON: text after the end of the value, at "
                        + position(parser));
            }
            return value;
        } catch (IOException e) {
            throw invalid(e, where);
        }
    }

    /** The same, for a text that must be an object. */
    public static Map<String, Object> parseObject(byte[] utf8, String where) {
        Object value = parse(utf8, where);
        if (value instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked") // value() makes maps with strings for keys and nothing else
            Map<String, Object> map = (Map<String, Object>) value;
            return map;
        }
        throw new QuernException(where + ": expected a JSON object, found " + typeName(value));
    }

    /**
     * A streaming parser with the same limits, for texts too large to be held as maps.
     *
     * @throws QuernException if the text is not UTF-8
     */
    public static JsonParser parser(byte[] utf8, String where) {
        try {
            // Decoded here and not by the parser, which would take UTF-16 too and let some invalid UTF-8 pass.
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
            return FACTORY.createParser(text);
        } catch (CharacterCodingException e) {
            throw new QuernException(where + ": not valid UTF-8", e);
        } catch (IOException e) {
            throw invalid(e, where);
        }
    }

    /** The exception for a text that a parser refused. */
    public static QuernException invalid(IOException e, String where) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return new QuernException(where + ": invalid JSON: " + message, e);
    }

    /** Where a parser stands, for messages. */
    public static String position(JsonParser parser) {
        return "line " + parser.currentTokenLocation().getLineNr() + " column "
                + parser.currentTokenLocation().getColumnNr();
    }

    /** What a parsed value is, in JSON's words. */
    public static String typeName(Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> "an object";
            case List<?> list -> "an array";
            case String string -> "a string";
            case Boolean bool -> "a boolean";
            default -> "a number";
        };
    }

    private Object value() throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new QuernException(where + ": invalid JSON: the text is empty");
        }
        if (++values > MAX_VALUES) {
            throw new QuernException(where + ": more than " + MAX_VALUES + " JSON values");
        }
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> throw new QuernException(where + ": invalid JSON: unexpected " + token + " at "
                    + position(parser));
        };
    }

    private Map<String, Object> object() throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            map.put(name, value());
        }
        return map;
    }

    private List<Object> array() throws IOException {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value());
        }
        return list;
    }

    private Object integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> parser.getDoubleValue();
        };
    }
}
