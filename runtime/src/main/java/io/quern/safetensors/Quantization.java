package io.quern.safetensors;

import java.util.List;
import java.util.Locale;

/**
 * What a folder's configuration says about quantised modules: only what their tensors leave open. Which modules are
 * quantised, with how many bits and groups, the tensors themselves say.
 *
 * @param method "none", "gptq", "awq", "compressed-tensors" or "auto-round", for people
 * @param layout how tensors called {@code qweight} are to be read
 * @param rules group sizes and bits by module, first match first; the last rule matches all
 * @param notes what is read otherwise than the configuration has it, for people
 */
record Quantization(String method, Layout layout, List<ModuleRule> rules, String notes) {
    /** Layouts of {@code qweight}. */
    enum Layout {
        /** GPTQ with zero points stored less one. */
        GPTQ_V1,
        /** GPTQ with zero points as they are. */
        GPTQ_V2,
        /** The same with 2, 4 and 8 bits; three bits are stored in planes, which are not read. */
        GPTQ_PLANAR,
        AWQ_GEMM,
        AWQ_GEMV,
        /** gemv_fast and llm-awq: told from the others by 16-bit words. */
        AWQ_FAST
    }

    /** The rule for a module. */
    ModuleRule rule(String module) {
        for (ModuleRule rule : rules) {
            if (rule.matches(module)) {
                return rule;
            }
        }
        return ModuleRule.UNKNOWN;
    }

    /**
     * Reads the configuration.
     *
     * @throws io.quern.QuernException if the method or a variant of it is not supported
     */
    static Quantization of(JsonSettings settings) {
        if (settings.values().isEmpty()) {
            return new Quantization("none", Layout.GPTQ_V1, List.of(), "");
        }
        String packing = lower(settings, "packing_format", "");
        String method = method(settings);
        return switch (method) {
            case "gptq" -> new Quantization(method, gptqLayout(settings), ModuleRule.ofGptq(settings), "");
            case "awq" -> new Quantization(method, awqLayout(settings), ModuleRule.ofGptq(settings), "");
            case "compressed-tensors" -> CompressedConfig.read(settings);
            case "auto-round", "intel/auto-round" -> autoRound(settings, packing);
            default ->
                throw settings.fail("quantisation method '" + method + "' is not supported; supported: gptq, awq,"
                        + " compressed-tensors, auto-round");
        };
    }

    /** Old files do not name the method: AWQ's and compressed-tensors' are known by their own keys. */
    private static String method(JsonSettings settings) {
        String named = lower(settings, "quant_method", lower(settings, "method", ""));
        if (!named.isEmpty()) {
            return named.replace('_', '-');
        }
        return settings.has("zero_point") || settings.has("version")
                ? "awq"
                : settings.has("config_groups") ? "compressed-tensors" : "gptq";
    }

    private static Layout gptqLayout(JsonSettings settings) {
        if (settings.bool("is_marlin_format", false)) {
            throw settings.fail("the marlin format is not supported: look for the same model in gptq format");
        }
        String dtype = lower(settings, "pack_dtype", "int32");
        if (!dtype.equals("int32")) {
            throw settings.fail("key 'pack_dtype' is '" + dtype + "', expected 'int32'");
        }
        String format = lower(settings, "checkpoint_format", lower(settings, "format", "gptq"));
        return switch (format) {
            case "gptq" -> Layout.GPTQ_V1;
            case "gptq_v2" -> Layout.GPTQ_V2;
            case "gptq_p" -> planar(settings);
            default -> throw settings.fail("GPTQ format '" + format + "' is not supported; supported: gptq, gptq_v2");
        };
    }

    private static Layout planar(JsonSettings settings) {
        int bits = ModuleRule.base(settings).bits();
        if (bits != 0 && bits != 2 && bits != 4 && bits != 8) {
            throw settings.fail("GPTQ format 'gptq_p' with " + bits + " bits is not supported");
        }
        return Layout.GPTQ_PLANAR;
    }

    private static Layout awqLayout(JsonSettings settings) {
        if (lower(settings, "backend", "").replace('_', '-').equals("llm-awq")) {
            return Layout.AWQ_FAST;
        }
        String version =
                lower(settings, "version", lower(settings, "format", lower(settings, "checkpoint_format", "gemm")));
        return switch (version.replace('-', '_')) {
            // The ExLlama ones are ways to run a file, which is in gemm layout.
            case "gemm", "exllama", "exllamav2" -> Layout.AWQ_GEMM;
            case "gemv" -> Layout.AWQ_GEMV;
            case "gemv_fast", "gemvfast", "llm_awq" -> Layout.AWQ_FAST;
            default -> throw settings.fail("AWQ version '" + version
                    + "' is not supported; supported: gemm, gemv, gemv_fast, llm-awq");
        };
    }

    private static Quantization autoRound(JsonSettings settings, String packing) {
        List<ModuleRule> rules = ModuleRule.ofAutoRound(settings);
        if (packing.startsWith("auto_round:llm_compressor")) {
            return new Quantization("auto-round", Layout.GPTQ_V1, rules, "");
        }
        Layout layout = switch (packing) {
            case "", "auto_round:auto_gptq", "auto_round:gptq" -> Layout.GPTQ_V1;
            case "auto_round", "auto_round:gptqmodel" -> Layout.GPTQ_V2;
            case "auto_round:auto_awq", "auto_round:awq" -> Layout.AWQ_GEMM;
            default -> throw settings.fail("auto-round packing format '" + packing + "' is not supported");
        };
        return new Quantization("auto-round", layout, rules, "");
    }

    /** A string in lower case: tools differ in that. */
    static String lower(JsonSettings settings, String key, String absent) {
        return settings.string(key, absent).toLowerCase(Locale.ROOT);
    }
}
