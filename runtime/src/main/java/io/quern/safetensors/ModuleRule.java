package io.quern.safetensors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Bits and group size of the modules that a pattern names.
 *
 * @param pattern matched from the start of the module's name, not to its end; null for all modules
 * @param bits 0 if not said
 * @param groupSize inputs of a group; {@link #WHOLE_ROW}, or 0 if not said
 */
record ModuleRule(Pattern pattern, int bits, int groupSize) {
    static final int WHOLE_ROW = -1;

    static final ModuleRule UNKNOWN = new ModuleRule(null, 0, 0);

    private static final int MAX_GROUP = 1 << 24;

    boolean matches(String module) {
        return pattern == null || pattern.matcher(module).lookingAt();
    }

    /** The settings of GPTQ and AWQ, with overrides under {@code dynamic}. */
    static List<ModuleRule> ofGptq(JsonSettings settings) {
        ModuleRule base = base(settings);
        List<ModuleRule> rules = new ArrayList<>();
        JsonSettings dynamic = settings.object("dynamic");
        for (String key : dynamic.values().keySet()) {
            // "-:" says that a module is not quantised, which its tensors say too.
            String regex = key.startsWith("-:") || key.startsWith("+:") ? key.substring(2) : key;
            rules.add(override(dynamic, key, regex, base));
        }
        rules.add(base);
        return rules;
    }

    /** The settings of auto-round, with overrides under {@code extra_config}: names, or patterns. */
    static List<ModuleRule> ofAutoRound(JsonSettings settings) {
        ModuleRule base = base(settings);
        List<ModuleRule> rules = new ArrayList<>();
        JsonSettings extra = settings.object("extra_config");
        for (String key : extra.values().keySet()) {
            rules.add(override(extra, key, Pattern.quote(key) + "$", base));
        }
        for (String key : extra.values().keySet()) {
            if (key.matches(".*[*+?\\[\\](){}|\\\\^$].*")) {
                rules.add(override(extra, key, key, base));
            }
        }
        rules.add(base);
        return rules;
    }

    /** A pattern of Python's dialect, which for such names is Java's. */
    static Pattern compile(JsonSettings settings, String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw settings.fail("not a regular expression: '" + regex + "': " + e.getDescription());
        }
    }

    private static ModuleRule override(JsonSettings parent, String key, String regex, ModuleRule base) {
        JsonSettings settings = parent.get(key) instanceof Map<?, ?> ? parent.object(key) : JsonSettings.empty(key);
        ModuleRule own = base(settings);
        return new ModuleRule(compile(parent, regex), own.bits != 0 ? own.bits : base.bits,
                own.groupSize != 0 ? own.groupSize : base.groupSize);
    }

    /** What the settings say of all modules. */
    static ModuleRule base(JsonSettings settings) {
        return new ModuleRule(
                null,
                first(settings, 0, 64, "bits", "w_bit", "wbits"),
                first(settings, WHOLE_ROW, MAX_GROUP, "group_size", "q_group_size"));
    }

    private static int first(JsonSettings settings, int from, int to, String... keys) {
        for (String key : keys) {
            if (settings.has(key)) {
                return settings.integer(key, 0, from, to);
            }
        }
        return 0;
    }
}
