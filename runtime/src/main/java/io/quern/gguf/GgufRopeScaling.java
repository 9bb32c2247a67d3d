package io.quern.gguf;

import io.quern.checkpoint.RopeScaling;

/** The scaling of the rotary embedding from metadata, and from divisors that the file stores as a tensor. */
final class GgufRopeScaling {
    private final GgufMetadata metadata;
    private final String prefix;

    private GgufRopeScaling(GgufMetadata metadata, String architecture) {
        this.metadata = metadata;
        this.prefix = architecture + ".rope.";
    }

    static RopeScaling read(
            GgufMetadata metadata, String architecture, int context, int dimension, float[] divisors) {
        GgufRopeScaling reader = new GgufRopeScaling(metadata, architecture);
        String type = metadata.string(reader.prefix + "scaling.type", "linear");
        RopeScaling scaling = switch (type) {
            case "none" -> new RopeScaling.None();
            case "linear" -> reader.linear();
            case "yarn" -> reader.yarn(context);
            default -> throw metadata.fail("key '" + reader.prefix + "scaling.type' is '" + type
                    + "', which is not supported; supported: none, linear, yarn");
        };
        return divisors == null ? scaling : reader.divisors(scaling, divisors, dimension);
    }

    private RopeScaling linear() {
        double factor = factor();
        return factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
    }

    private double factor() {
        double old = metadata.number(prefix + "scale_linear", 0);
        double factor = metadata.number(prefix + "scaling.factor", old);
        if (factor < 0) {
            throw metadata.fail("key '" + prefix + "scaling.factor' is " + factor + ", expected a positive number");
        }
        return factor == 0 ? 1 : factor;
    }

    private RopeScaling yarn(int context) {
        double extrapolation = metadata.number(prefix + "scaling.yarn_ext_factor", 1);
        if (extrapolation != 1) {
            throw metadata.fail("key '" + prefix + "scaling.yarn_ext_factor' is " + extrapolation
                    + "; only 1 is supported");
        }
        if (metadata.number(prefix + "scaling.yarn_log_multiplier", 0) != 0) {
            throw metadata.fail("key '" + prefix + "scaling.yarn_log_multiplier' is not supported");
        }
        double factor = factor();
        double attention = metadata.number(prefix + "scaling.attn_factor", 1)
                * metadata.number(prefix + "scaling.yarn_attn_factor", 1);
        double magnitude = attention * (factor > 1 ? 1 + 0.1 * Math.log(factor) : 1);
        int original = metadata.integer(prefix + "scaling.original_context_length", context, 1, Integer.MAX_VALUE);
        double betaFast = metadata.number(prefix + "scaling.yarn_beta_fast", 32);
        double betaSlow = metadata.number(prefix + "scaling.yarn_beta_slow", 1);
        return new RopeScaling.Yarn(factor, original, betaFast, betaSlow, true, magnitude);
    }

    private RopeScaling divisors(RopeScaling scaling, float[] divisors, int dimension) {
        if (divisors.length != dimension / 2) {
            throw metadata.fail("tensor 'rope_freqs.weight' has " + divisors.length + " elements, expected "
                    + dimension / 2);
        }
        return switch (scaling) {
            case RopeScaling.None none -> new RopeScaling.Divisors(divisors);
            case RopeScaling.Linear(double factor) -> {
                float[] scaled = new float[divisors.length];
                for (int i = 0; i < scaled.length; i++) {
                    scaled[i] = (float) (divisors[i] * factor);
                }
                yield new RopeScaling.Divisors(scaled);
            }
            default -> throw metadata.fail("tensor 'rope_freqs.weight' together with "
                    + scaling.getClass().getSimpleName() + " scaling is not supported");
        };
    }
}
