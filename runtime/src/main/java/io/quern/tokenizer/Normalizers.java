package io.quern.tokenizer;

import java.text.Normalizer;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The normalizers of {@code tokenizer.json}: what happens to a text before it is cut. */
final class Normalizers {
    private static final Pattern CHINESE =
            Pattern.compile("[\\u4E00-\\u9FFF\\u3400-\\u4DBF\\x{20000}-\\x{2A6DF}\\x{2A700}-\\x{2B73F}"
                    + "\\x{2B740}-\\x{2B81F}\\x{2B920}-\\x{2CEAF}\\uF900-\\uFAFF\\x{2F800}-\\x{2FA1F}]");

    private Normalizers() {}

    /**
     * The normalizer that a component describes.
     *
     * @param addSpacePrefix false leaves out a normalizer that puts a space, or ▁, in front
     */
    static UnaryOperator<String> of(JsonFields component, boolean addSpacePrefix) {
        String type = component.type();
        return switch (type) {
            case "Sequence" -> sequence(component.objects("normalizers").stream()
                    .map(each -> of(each, addSpacePrefix))
                    .toList());
            case "Prepend" -> prepend(component.string("prepend"), addSpacePrefix);
            case "Replace" -> replace(RegexSplit.compile(HubPattern.regex(component)), component.string("content"));
            case "NFC" -> form(Normalizer.Form.NFC);
            case "NFD" -> form(Normalizer.Form.NFD);
            case "NFKC" -> form(Normalizer.Form.NFKC);
            case "NFKD" -> form(Normalizer.Form.NFKD);
            case "Lowercase" -> text -> text.toLowerCase(Locale.ROOT);
            case "Strip" -> strip(component.bool("strip_left", true), component.bool("strip_right", true));
            case "StripAccents" -> Normalizers::stripMarks;
            case "Precompiled" -> precompiled(component);
            case "Nmt" -> Normalizers::nmt;
            case "ByteLevel" -> ByteAlphabet::encode;
            case "BertNormalizer" -> bert(component);
            default -> throw component.unsupported("the normalizer '" + type + "'");
        };
    }

    static UnaryOperator<String> sequence(List<UnaryOperator<String>> steps) {
        return text -> {
            String result = text;
            for (UnaryOperator<String> step : steps) {
                result = step.apply(result);
            }
            return result;
        };
    }

    private static UnaryOperator<String> prepend(String prefix, boolean addSpacePrefix) {
        boolean space = prefix.equals("▁") || prefix.equals(" ");
        if (space && !addSpacePrefix) {
            return UnaryOperator.identity();
        }
        return text -> text.isEmpty() ? text : prefix + text;
    }

    static UnaryOperator<String> replace(Pattern pattern, String content) {
        return text -> pattern.matcher(new StepLimit(text, pattern)).replaceAll(Matcher.quoteReplacement(content));
    }

    private static UnaryOperator<String> form(Normalizer.Form form) {
        return text -> Normalizer.normalize(text, form);
    }

    private static UnaryOperator<String> precompiled(JsonFields component) {
        try {
            return new CharsMap(Base64.getDecoder().decode(component.string("precompiled_charsmap")));
        } catch (IllegalArgumentException e) {
            throw component.unsupported("a precompiled_charsmap that is not base64");
        }
    }

    private static UnaryOperator<String> strip(boolean left, boolean right) {
        return text -> {
            int from = 0;
            int to = text.length();
            while (left && from < to && Spaces.is(text.charAt(from))) {
                from++;
            }
            while (right && to > from && Spaces.is(text.charAt(to - 1))) {
                to--;
            }
            return text.substring(from, to);
        };
    }

    private static String stripMarks(String text) {
        return filtered(text, codePoint -> isMark(codePoint) ? -1 : codePoint);
    }

    private static boolean isMark(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static String filtered(String text, IntUnaryOperator map) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().map(map).filter(codePoint -> codePoint >= 0).forEach(result::appendCodePoint);
        return result.toString();
    }

    /** Leaves control characters out and makes spaces of the rarer kinds of white space. */
    private static String nmt(String text) {
        return filtered(text, c -> {
            if (c >= 0x01 && c <= 0x08 || c == 0x0B || c >= 0x0E && c <= 0x1F || c == 0x7F || c == 0x8F || c == 0x9F) {
                return -1;
            }
            boolean space = c == '\t' || c == '\n' || c == 0x0C || c == '\r' || c == 0x1680
                    || c >= 0x200B && c <= 0x200F || c == 0x2028 || c == 0x2029
                    || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
            return space ? ' ' : c;
        });
    }

    private static UnaryOperator<String> bert(JsonFields component) {
        boolean lowercase = component.bool("lowercase", true);
        boolean clean = component.bool("clean_text", true);
        boolean chinese = component.bool("handle_chinese_chars", true);
        boolean strip = component.bool("strip_accents", lowercase);
        return text -> {
            String result = clean ? filtered(text, Normalizers::cleanForBert) : text;
            result = chinese ? CHINESE.matcher(result).replaceAll(" $0 ") : result;
            if (strip) {
                String decomposed = Normalizer.normalize(result, Normalizer.Form.NFD);
                result = filtered(decomposed, c -> Character.getType(c) == Character.NON_SPACING_MARK ? -1 : c);
            }
            return lowercase ? result.toLowerCase(Locale.ROOT) : result;
        };
    }

    private static int cleanForBert(int c) {
        if (c == '\t' || c == '\n' || c == '\r') {
            return ' ';
        }
        int type = Character.getType(c);
        boolean control = type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.UNASSIGNED
                || type == Character.PRIVATE_USE;
        if (control || c == 0xFFFD) {
            return -1;
        }
        return c < 0x10000 && Spaces.is((char) c) ? ' ' : c;
    }
}
