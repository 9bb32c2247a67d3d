package io.quern.safetensors;

import io.quern.QuernException;
import io.quern.kernels.LinearWeights;
import io.quern.safetensors.Quantization.Layout;
import java.util.List;

/** Finds out how a linear module is stored, from its tensors, and reads it (formats.md D.5). */
final class LinearModules {
    /** Tensors that tell a format which is not read. */
    private static final List<Mark> MARKS = List.of(
            new Mark(".B_24", "marlin-24 (2:4 sparse)"),
            new Mark(".B", "marlin"),
            new Mark(".q_weight", "EXL2"),
            new Mark(".trellis", "EXL3"),
            new Mark(".codes", "AQLM"),
            new Mark(".W_q", "HQQ"),
            new Mark(".weight.absmax", "bitsandbytes"),
            new Mark(".weight.SCB", "bitsandbytes"),
            new Mark(".SCB", "bitsandbytes"),
            new Mark(".weight_scale_inv", "FP8 in blocks"),
            new Mark(".weight_blocks", "MXFP4"),
            new Mark(".blocks", "MXFP4"),
            new Mark(".bitmask", "sparse bitmask"));

    private record Mark(String suffix, String format) {}

    private final HubTensors tensors;
    private final Quantization quantization;

    LinearModules(HubTensors tensors, Quantization quantization) {
        this.tensors = tensors;
        this.quantization = quantization;
    }

    /** Whether its tensors say that it is quantised. */
    boolean isQuantized(String module) {
        return tensors.has(module + ".qweight") || tensors.has(module + ".weight_packed")
                || tensors.has(module + ".weight_scale");
    }

    /** The weights of a module. */
    LinearWeights read(String module, int rows, int columns) {
        for (Mark mark : MARKS) {
            if (tensors.has(module + mark.suffix())) {
                throw unsupported(module, mark.format());
            }
        }
        ModuleRule rule = quantization.rule(module);
        if (tensors.has(module + ".weight_packed")) {
            return packed(module, rows, columns, rule);
        }
        if (tensors.has(module + ".qweight")) {
            return qweight(module, rows, columns, rule);
        }
        if (tensors.has(module + ".weight_scale")) {
            return scaled(module, rows, columns, rule);
        }
        return tensors.matrix(module + ".weight", rows, columns);
    }

    private LinearWeights packed(String module, int rows, int columns, ModuleRule rule) {
        if (tensors.require(module + ".weight_packed").dtype() == Dtype.U8) {
            throw unsupported(module, "FP4 (nvfp4 or mxfp4)");
        }
        return CompressedPackedWeights.read(tensors, module, rows, columns, rule);
    }

    private LinearWeights scaled(String module, int rows, int columns, ModuleRule rule) {
        SafetensorsEntry weight = tensors.require(module + ".weight");
        if (weight.dtype().name().startsWith("F8")) {
            throw unsupported(module, "FP8");
        }
        if (HubTensors.isFloat(weight)) {
            throw tensors.fail("module '" + module + "' has a scale beside float weights: it is calibrated, but not"
                    + " compressed (quantization_status), which is not supported");
        }
        return CompressedInt8Weights.read(tensors, module, rows, columns, rule);
    }

    private LinearWeights qweight(String module, int rows, int columns, ModuleRule rule) {
        SafetensorsEntry qweight = tensors.require(module + ".qweight");
        if (qweight.dtype() == Dtype.I16) {
            return AwqFastWeights.read(tensors, module, rows, columns, rule);
        }
        if (qweight.dtype() != Dtype.I32 || qweight.shape().length != 2) {
            throw tensors.unexpected(qweight, "I32 or I16 with two dimensions");
        }
        Layout layout = quantization.layout();
        boolean gemv = layout == Layout.AWQ_GEMV || layout == Layout.AWQ_FAST;
        boolean gptq = layout == Layout.GPTQ_V1 || layout == Layout.GPTQ_V2 || layout == Layout.GPTQ_PLANAR;
        // One method's shape under another's name happens; only where both fit does the name decide.
        boolean fitsGemm = qweight.hasShape(columns, rows / 8);
        boolean fitsGemv = qweight.hasShape(rows, columns / 8);
        if (fitsGemv && gemv) {
            return AwqGemvWeights.read(tensors, module, rows, columns, rule);
        }
        if (gptq && !fitsGemm || !gptq && !fitsGemm && qweight.hasShape(columns / 8, rows)) {
            return gptq(module, rows, columns, rule);
        }
        return AwqGemmWeights.read(tensors, module, rows, columns, rule);
    }

    private LinearWeights gptq(String module, int rows, int columns, ModuleRule rule) {
        Layout layout = quantization.layout();
        boolean zerosLessOne = layout != Layout.GPTQ_V2 && layout != Layout.GPTQ_PLANAR;
        GptqWeights weights = GptqWeights.read(tensors, module, rows, columns, zerosLessOne, rule);
        if (layout == Layout.GPTQ_PLANAR && weights.bits() == 3) {
            throw unsupported(module, "GPTQ in planes of bits (gptq_p) with 3 bits");
        }
        return weights;
    }

    private QuernException unsupported(String module, String format) {
        return tensors.fail("module '" + module + "' is quantised as " + format
                + ", which is not supported; supported: GPTQ, AWQ, compressed-tensors integers");
    }
}
