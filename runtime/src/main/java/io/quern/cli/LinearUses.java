package io.quern.cli;

import io.quern.checkpoint.Checkpoint;
import io.quern.checkpoint.LinearRole;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.GroupWeights;
import io.quern.kernels.LinearWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the linear layers of a model are stored: each way with the modules that use it, most first. Modules are named as
 * in {@code 12.ffn_down}.
 */
final class LinearUses {
    private LinearUses() {}

    /**
     * One way of storing.
     *
     * @param description "Q4_K", or "GPTQ v1 4-bit, groups of 64, act-order, asymmetric"
     */
    record LinearUse(String description, List<String> modules) {}

    static List<LinearUse> of(Checkpoint checkpoint) {
        Map<String, List<String>> uses = new LinkedHashMap<>();
        for (int layer = 0; layer < checkpoint.config().layerCount(); layer++) {
            for (LinearRole role : LinearRole.values()) {
                String name = layer + "." + role.name().toLowerCase(Locale.ROOT);
                add(uses, checkpoint.linear(layer, role), name);
            }
        }
        checkpoint.output().ifPresent(weights -> add(uses, weights, "output"));
        add(uses, checkpoint.tokenEmbedding(), "token_embedding");
        return uses.entrySet().stream()
                .map(entry -> new LinearUse(entry.getKey(), List.copyOf(entry.getValue())))
                .sorted(Comparator.comparingInt((LinearUse use) -> use.modules().size()).reversed())
                .toList();
    }

    private static void add(Map<String, List<String>> uses, LinearWeights weights, String name) {
        uses.computeIfAbsent(description(weights), key -> new ArrayList<>()).add(name);
    }

    private static String description(LinearWeights weights) {
        return switch (weights) {
            case BlockWeights blocks -> blocks.type().name();
            case GroupWeights groups -> groups + (symmetric(groups) ? ", symmetric" : ", asymmetric");
        };
    }

    /** Whether all zero points are in the middle of the codes. */
    static boolean symmetric(GroupWeights groups) {
        if (groups.zerosAreOffsets()) {
            return false;
        }
        float[] zeros = new float[groups.rows()];
        float middle = 1 << groups.bits() - 1;
        for (int group = 0; group < groups.groupCount(); group++) {
            groups.zeros(group, 0, zeros.length, zeros);
            for (float zero : zeros) {
                if (zero != middle) {
                    return false;
                }
            }
        }
        return true;
    }
}
