package io.quern.safetensors;

import io.quern.safetensors.Quantization.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The configuration of compressed-tensors (formats.md D.3): groups of modules that share a scheme. */
final class CompressedConfig {
    private static final Set<String> FORMATS =
            Set.of("dense", "pack-quantized", "int-quantized", "naive-quantized", "mixed-precision");

    private static final Pattern PRESET = Pattern.compile("W(\\d)A(?:16|8)(?:_ASYM)?|INT8");
    private static final int PRESET_GROUP = 128;

    private final JsonSettings settings;
    private final List<ModuleRule> byName = new ArrayList<>();
    private final List<ModuleRule> byClass = new ArrayList<>();
    private boolean quantizedActivations;

    private CompressedConfig(JsonSettings settings) {
        this.settings = settings;
    }

    static Quantization read(JsonSettings settings) {
        return new CompressedConfig(settings).read();
    }

    private Quantization read() {
        requireFormat(settings);
        refuse("sparsity_config");
        refuse("transform_config");
        JsonSettings groups = settings.object("config_groups");
        for (String name : groups.values().keySet()) {
            if (groups.get(name) instanceof List<?> targets) {
                addPreset(name, targets);
            } else {
                addGroup(groups.object(name));
            }
        }
        byName.addAll(byClass);
        String notes = quantizedActivations ? "activations stay floats" : "";
        return new Quantization("compressed-tensors", Layout.GPTQ_V1, byName, notes);
    }

    private static void requireFormat(JsonSettings settings) {
        String format = Quantization.lower(settings, "format", "dense");
        if (!FORMATS.contains(format)) {
            throw settings.fail("compressed-tensors format '" + format
                    + "' is not supported; supported: pack-quantized, int-quantized, naive-quantized");
        }
    }

    /** Sparsity and rotations change the weights; a configuration of them that says nothing is fine. */
    private void refuse(String key) {
        JsonSettings object = settings.object(key);
        boolean trivial = Quantization.lower(object, "format", "dense").equals("dense")
                && object.object("config_groups").values().isEmpty();
        if (!trivial) {
            throw settings.fail("key '" + key + "' is not supported: " + object.values());
        }
    }

    private void addGroup(JsonSettings group) {
        requireFormat(group);
        JsonSettings weights = group.object("weights");
        String type = Quantization.lower(weights, "type", "int");
        if (!type.equals("int")) {
            throw weights.fail("weights of type '" + type + "' are not supported; supported: int");
        }
        String strategy = Quantization.lower(weights, "strategy", "");
        if (strategy.equals("block") || strategy.equals("tensor_group")) {
            throw weights.fail("strategy '" + strategy + "' is not supported; supported: tensor, channel, group");
        }
        quantizedActivations |= group.has("input_activations");
        int bits = weights.integer("num_bits", 0, 0, 64);
        int groupSize = weights.integer("group_size", ModuleRule.WHOLE_ROW, ModuleRule.WHOLE_ROW, 1 << 24);
        addTargets(group.list("targets"), bits, groupSize);
    }

    /** A group may be the name of a scheme with its targets. */
    private void addPreset(String name, List<?> targets) {
        String scheme = name.toUpperCase(Locale.ROOT);
        Matcher preset = PRESET.matcher(scheme);
        if (!preset.matches()) {
            throw settings.fail("scheme '" + name + "' is not supported; supported: W4A16, W8A16, W8A8, INT8");
        }
        quantizedActivations |= !scheme.contains("A16");
        int bits = preset.group(1) == null ? 8 : Integer.parseInt(preset.group(1));
        addTargets(targets, bits, bits == 4 ? PRESET_GROUP : ModuleRule.WHOLE_ROW);
    }

    /** Targets are names, "re:" with a pattern, or classes of modules; all that we have are of class Linear. */
    private void addTargets(List<?> targets, int bits, int groupSize) {
        for (Object target : targets) {
            String text = String.valueOf(target);
            if (text.startsWith("re:")) {
                byName.add(new ModuleRule(ModuleRule.compile(settings, text.substring(3)), bits, groupSize));
            } else if (text.equals("Linear")) {
                byClass.add(new ModuleRule(null, bits, groupSize));
            } else {
                byName.add(0, new ModuleRule(Pattern.compile(Pattern.quote(text) + "$"), bits, groupSize));
            }
        }
    }
}
