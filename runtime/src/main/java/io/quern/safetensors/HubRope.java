package io.quern.safetensors;

import io.quern.checkpoint.ModelConfig.Rope;
import io.quern.checkpoint.RopeScaling;

/** Rotary embedding settings in all three spellings of {@code config.json} (formats.md B.2). */
final class HubRope {
    private static final double DEFAULT_THETA = 10000;

    private final JsonSettings config;
    private final JsonSettings scaling;
    private final int context;

    private HubRope(JsonSettings config, JsonSettings scaling, int context) {
        this.config = config;
        this.scaling = scaling;
        this.context = context;
    }

    static Rope read(JsonSettings config, int headSize, int context) {
        JsonSettings settings = config.object("rope_scaling");
        // Version 5 takes an empty one for none, as Python's "or" does.
        if (settings.values().isEmpty()) {
            settings = config.object("rope_parameters");
        }
        return new HubRope(config, forAllLayers(settings), context).read(headSize);
    }

    /** Version 5 may give every kind of layer its own settings; they must agree here. */
    private static JsonSettings forAllLayers(JsonSettings settings) {
        Object full = settings.get("full_attention");
        Object sliding = settings.get("sliding_attention");
        if (full == null && sliding == null) {
            return settings;
        }
        if (full != null && sliding != null && !full.equals(sliding)) {
            throw settings.fail("layers with different rotary embeddings are not supported");
        }
        return settings.object(full != null ? "full_attention" : "sliding_attention");
    }

    private Rope read(int headSize) {
        double theta = setting("rope_theta", DEFAULT_THETA);
        if (theta <= 0) {
            throw config.fail("key 'rope_theta' is " + theta + ", expected a positive number");
        }
        double share = setting("partial_rotary_factor", 1);
        int dimension = (int) (headSize * share);
        if (share <= 0 || share > 1 || dimension < 2 || dimension % 2 != 0) {
            throw config.fail("key 'partial_rotary_factor' is " + share + ": of " + headSize
                    + " elements an even number should be rotated");
        }
        return new Rope(theta, dimension, false, scaling());
    }

    /** A number that stands inside the rope settings or at the top. */
    private double setting(String key, double absent) {
        return scaling.has(key) ? scaling.number(key, absent) : config.number(key, absent);
    }

    private RopeScaling scaling() {
        String type = scaling.string("rope_type", scaling.string("type", "default"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            // It stretches only beyond max_position_embeddings, which is as far as a session goes.
            case "dynamic" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(scaling.requirePositive("factor"));
            case "llama3" -> new RopeScaling.Llama3(
                    scaling.requirePositive("factor"), scaling.requirePositive("low_freq_factor"),
                    scaling.requirePositive("high_freq_factor"), originalContext());
            case "yarn" -> yarn();
            default -> throw scaling.fail("rope type '" + type
                    + "' is not supported; supported: default, linear, dynamic, llama3, yarn");
        };
    }

    private double originalContext() {
        String key = "original_max_position_embeddings";
        double value = config.has(key) ? config.number(key, context) : scaling.number(key, context);
        if (value <= 0) {
            throw config.fail("key '" + key + "' is " + value + ", expected a positive number");
        }
        return value;
    }

    private RopeScaling yarn() {
        double original = originalContext();
        double factor = scaling.has("factor") ? scaling.requirePositive("factor") : context / original;
        double magnitude = scaling.number("attention_factor", yarnMagnitude(factor));
        return new RopeScaling.Yarn(
                factor, original, scaling.number("beta_fast", 32), scaling.number("beta_slow", 1),
                scaling.bool("truncate", true), magnitude);
    }

    private double yarnMagnitude(double factor) {
        double scale = scaling.number("mscale", 0);
        double scaleAll = scaling.number("mscale_all_dim", 0);
        return scale != 0 && scaleAll != 0 ? yarnScale(factor, scale) / yarnScale(factor, scaleAll)
                : yarnScale(factor, 1);
    }

    private static double yarnScale(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }
}
