package io.quern.tokenizer;

import io.quern.tokenizer.RegexSplit.Behavior;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The pre-tokenizers of {@code tokenizer.json}. */
final class HubPreTokenizers {
    private static final String PUNCTUATION = "[\\p{P}$+<=>^`|~]";

    private HubPreTokenizers() {}

    /**
     * The pre-tokenizer that a component describes.
     *
     * @param addSpacePrefix what the tokenizer's configuration says of the space in front, or null where it says
     *                       nothing
     */
    static PreTokenizer of(JsonFields component, Boolean addSpacePrefix) {
        String type = component.type();
        return switch (type) {
            case "Sequence" -> PreTokenizer.sequence(component.objects("pretokenizers").stream()
                    .map(each -> of(each, addSpacePrefix))
                    .toList());
            case "Split" -> new RegexSplit(
                    HubPattern.regex(component),
                    behavior(component, component.string("behavior")),
                    component.bool("invert", false));
            case "ByteLevel" -> byteLevel(component, addSpacePrefix);
            case "Digits" -> component.bool("individual_digits", false)
                    ? new RegexSplit("\\p{N}")
                    : new RegexSplit("\\p{N}+");
            case "Metaspace" -> metaspace(component, addSpacePrefix);
            case "Punctuation" ->
                new RegexSplit(PUNCTUATION, behavior(component, component.string("behavior", "Isolated")), false);
            case "Whitespace" -> new RegexSplit("\\w+|[^\\w\\s]+", Behavior.REMOVED, true);
            case "WhitespaceSplit" -> new RegexSplit("\\s", Behavior.REMOVED, false);
            case "CharDelimiterSplit" ->
                new RegexSplit(Pattern.quote(component.string("delimiter")), Behavior.REMOVED, false);
            case "UnicodeScripts" -> HubPreTokenizers::splitScripts;
            case "FixedLength" -> fixedLength(component);
            case "BertPreTokenizer" -> PreTokenizer.sequence(List.of(
                    new RegexSplit("\\s", Behavior.REMOVED, false), new RegexSplit(PUNCTUATION)));
            default -> throw component.unsupported("the pre-tokenizer '" + type + "'");
        };
    }

    private static Behavior behavior(JsonFields component, String name) {
        return switch (name) {
            case "Removed" -> Behavior.REMOVED;
            case "Isolated" -> Behavior.ISOLATED;
            case "MergedWithPrevious" -> Behavior.MERGED_WITH_PREVIOUS;
            case "MergedWithNext" -> Behavior.MERGED_WITH_NEXT;
            case "Contiguous" -> Behavior.CONTIGUOUS;
            default -> throw component.unsupported("the behavior '" + name + "'");
        };
    }

    private static PreTokenizer byteLevel(JsonFields component, Boolean addSpacePrefix) {
        boolean prefix = addSpacePrefix != null ? addSpacePrefix : component.bool("add_prefix_space", true);
        List<PreTokenizer> steps = new ArrayList<>();
        if (prefix) {
            steps.add((text, atStart, out) -> out.accept(text.startsWith(" ") ? text : " " + text, atStart));
        }
        if (component.bool("use_regex", true)) {
            steps.add(new RegexSplit(RegexSplit.GPT_2));
        }
        steps.add(PreTokenizer.byteLevel());
        return PreTokenizer.sequence(steps);
    }

    private static PreTokenizer metaspace(JsonFields component, Boolean addSpacePrefix) {
        String mark = component.string("replacement", "▁");
        SpacePrefix prefix = Boolean.FALSE.equals(addSpacePrefix) ? SpacePrefix.NEVER : prefix(component);
        List<PreTokenizer> steps = new ArrayList<>();
        steps.add((text, atStart, out) -> {
            String marked = text.replace(" ", mark);
            boolean prepend = prefix.applies(atStart) && !marked.startsWith(mark);
            out.accept(prepend ? mark + marked : marked, atStart);
        });
        if (component.bool("split", true)) {
            steps.add(new RegexSplit(Pattern.quote(mark), Behavior.MERGED_WITH_NEXT, false));
        }
        return PreTokenizer.sequence(steps);
    }

    /** Where a Metaspace component, for text or for decoding, puts its mark in front. */
    static SpacePrefix prefix(JsonFields component) {
        boolean legacyNever = !component.bool("add_prefix_space", true);
        String scheme = component.string("prepend_scheme", legacyNever ? "never" : "always");
        if (legacyNever && !scheme.equals("never")) {
            throw component.unsupported("add_prefix_space false with prepend_scheme '" + scheme + "'");
        }
        return switch (scheme) {
            case "always" -> SpacePrefix.ALWAYS;
            case "first" -> SpacePrefix.FIRST;
            case "never" -> SpacePrefix.NEVER;
            default -> throw component.unsupported("the prepend_scheme '" + scheme + "'");
        };
    }

    private static PreTokenizer fixedLength(JsonFields component) {
        int length = component.integer("length", 5);
        if (length < 1) {
            throw component.unsupported("the length " + length);
        }
        return new RegexSplit("(?s).{1," + length + "}");
    }

    /**
     * Cuts where the script changes; a space belongs to any script, and kana count as Han. Spaces in front of
     * everything are lost, as they are in the original.
     */
    private static void splitScripts(String text, boolean atStart, PreTokenizer.Sink out) {
        int from = 0;
        UnicodeScript last = null;
        for (int i = 0; i < text.length();) {
            int codePoint = text.codePointAt(i);
            UnicodeScript script = script(codePoint);
            if (script != null) {
                if (last != null && script != last) {
                    out.accept(text.substring(from, i), atStart && from == 0);
                }
                from = script != last ? i : from;
                last = script;
            }
            i += Character.charCount(codePoint);
        }
        if (last != null) {
            out.accept(text.substring(from), atStart && from == 0);
        }
    }

    private static UnicodeScript script(int codePoint) {
        UnicodeScript script = UnicodeScript.of(codePoint);
        boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA || codePoint == 0x30FC;
        return codePoint == ' ' ? null : kana ? UnicodeScript.HAN : script;
    }
}
