package io.quern.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * The decoders of {@code tokenizer.json}: how tokens become text. Works token by token, so that text can be streamed.
 */
final class HubDecoder {
    private final List<UnaryOperator<String>> spelling = new ArrayList<>();
    private final boolean addSpacePrefix;
    private boolean byteFallback;
    private boolean byteLevel;
    private boolean fused;
    private boolean dropLeadingSpace;

    /**
     * Reads a component.
     *
     * @param component      null if the file has none
     * @param addSpacePrefix false: encoding puts no space in front, so none is taken off
     */
    HubDecoder(JsonFields component, boolean addSpacePrefix) {
        this.addSpacePrefix = addSpacePrefix;
        if (component != null) {
            add(component);
        }
    }

    private void add(JsonFields component) {
        String type = component.type();
        switch (type) {
            case "Sequence" -> component.objects("decoders").forEach(this::add);
            case "Replace" -> {
                if (fused || byteFallback || byteLevel) {
                    throw component.unsupported("the decoder Replace after tokens were joined or became bytes");
                }
                spelling.add(Normalizers.replace(
                        RegexSplit.compile(HubPattern.regex(component)), component.string("content")));
            }
            case "ByteFallback" -> byteFallback = true;
            case "ByteLevel" -> byteLevel = true;
            case "Fuse" -> fused = true;
            case "Strip" -> strip(component);
            case "Metaspace" -> {
                String mark = component.string("replacement", "▁");
                spelling.add(piece -> piece.replace(mark, " "));
                dropLeadingSpace |= addSpacePrefix && HubPreTokenizers.prefix(component) != SpacePrefix.NEVER;
            }
            default -> throw component.unsupported("the decoder '" + type + "'");
        }
    }

    private void strip(JsonFields component) {
        int start = component.integer("start", 0);
        int stop = component.integer("stop", 0);
        boolean nothing = start == 0 && stop == 0;
        boolean oneSpace = fused && start == 1 && stop == 0 && component.string("content").equals(" ");
        if (!nothing && !oneSpace) {
            throw component.unsupported(
                    "the decoder Strip with anything but one space at the beginning of the whole text");
        }
        dropLeadingSpace |= oneSpace && addSpacePrefix;
    }

    boolean dropLeadingSpace() {
        return dropLeadingSpace;
    }

    /** What each token that is not special stands for. */
    IntFunction<byte[]> bytes(Vocabulary vocabulary) {
        return id -> {
            String piece = vocabulary.piece(id);
            if (vocabulary.kind(id) == TokenKind.USER_DEFINED) {
                return piece.getBytes(StandardCharsets.UTF_8);
            }
            for (UnaryOperator<String> step : spelling) {
                piece = step.apply(piece);
            }
            int value = byteFallback ? Vocabulary.byteValue(piece) : Vocabulary.NONE;
            if (value != Vocabulary.NONE) {
                return new byte[] {(byte) value};
            }
            return byteLevel ? ByteAlphabet.decode(piece) : piece.getBytes(StandardCharsets.UTF_8);
        };
    }
}
