package io.quern.measure;

import io.quern.QuernException;
import io.quern.checkpoint.LinearRole;
import io.quern.checkpoint.ModelConfig;
import io.quern.kernels.BlockWeights;
import io.quern.kernels.LinearWeights;
import io.quern.kernels.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Random linear layers in a format of choice, with scales that give weights of about 0.02. */
final class RandomWeights {
    /** High bytes of the f16 scales of a block: offset, value, offset, value. */
    private static final Map<TensorType, int[]> SCALES = Map.of(
            TensorType.F16, new int[] {},
            TensorType.BF16, new int[] {},
            TensorType.Q4_0, new int[] {1, 0x18},
            TensorType.Q4_1, new int[] {1, 0x18, 3, 0xA5},
            TensorType.Q8_0, new int[] {1, 0x08},
            TensorType.Q4_K, new int[] {1, 0x04, 3, 0x10},
            TensorType.Q5_K, new int[] {1, 0x04, 3, 0x10},
            TensorType.Q6_K, new int[] {209, 0x01});

    /** Groups have 128 inputs unless said otherwise, as nearly all checkpoints have them. */
    private static final Pattern GROUPS =
            Pattern.compile("(?<method>awq-4|gptq-4|gptq-8)(?:-g(?<size>32|64|128))?(?<actOrder>-act-order)?");

    private static final String MIXED = "q4_k_m";

    private final Arena arena;
    private final String name;
    private final boolean shared;
    private final Matcher groups;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<String, LinearWeights> made = new HashMap<>();
    private final Map<String, int[]> groupIndexes = new HashMap<>();

    /** @param shared whether equal matrices are the same bytes in memory */
    RandomWeights(Arena arena, String name, boolean shared) {
        this.arena = arena;
        this.name = name;
        this.shared = shared;
        Matcher matcher = GROUPS.matcher(name);
        this.groups = matcher.matches() ? matcher : null;
        if (groups == null && !name.equals(MIXED)) {
            blockType(name);
        }
        if (name.startsWith("awq") && name.endsWith("act-order")) {
            throw unknown(name);
        }
    }

    /** The formats that {@code --weights} takes, for messages and help texts. */
    static String names() {
        return "q4_0, q4_1, q8_0, q4_k, q5_k, q6_k, q4_k_m, f16, bf16, awq-4, gptq-4, gptq-4-act-order, gptq-8,"
                + " gptq-8-act-order; with -g32, -g64 or -g128 after the bits for the size of a group";
    }

    BlockWeights embedding(int rows, int columns) {
        return blocks(
                groups != null ? TensorType.F16 : name.equals(MIXED) ? TensorType.Q4_K : blockType(name),
                rows, columns);
    }

    /** Quantised checkpoints of the hub keep the output matrix in 16 bits; Q4_K_M takes Q6_K for it. */
    LinearWeights output(int rows, int columns) {
        return name.equals(MIXED) ? blocks(TensorType.Q6_K, rows, columns) : embedding(rows, columns);
    }

    LinearWeights linear(LinearRole role, int layer, ModelConfig config) {
        int rows = config.rows(role);
        int columns = config.columns(role);
        if (groups != null) {
            return make(rows + " " + columns, () -> grouped(role, layer, rows, columns));
        }
        if (!name.equals(MIXED)) {
            return blocks(blockType(name), rows, columns);
        }
        boolean wide =
                (role == LinearRole.VALUE || role == LinearRole.FFN_DOWN) && moreBits(layer, config.layerCount());
        return blocks(wide ? TensorType.Q6_K : TensorType.Q4_K, rows, columns);
    }

    private LinearWeights grouped(LinearRole role, int layer, int rows, int columns) {
        int size = groups.group("size") == null ? 128 : Integer.parseInt(groups.group("size"));
        return switch (groups.group("method")) {
            case "awq-4" -> RandomGroups.awq(rows, columns, size, random.nextLong(), arena);
            case "gptq-4" -> gptq(rows, columns, 4, size, groupIndex(role, layer, columns, size));
            default -> gptq(rows, columns, 8, size, groupIndex(role, layer, columns, size));
        };
    }

    private LinearWeights gptq(int rows, int columns, int bits, int size, int[] groupIndex) {
        return RandomGroups.gptq(rows, columns, bits, size, groupIndex, random.nextLong(), arena);
    }

    /** One for all matrices that share their input; null without act-order. */
    private int[] groupIndex(LinearRole role, int layer, int columns, int size) {
        if (groups.group("actOrder") == null) {
            return null;
        }
        // A shared matrix has the inputs of several layers and roles.
        String input = shared ? "" : layer + " " + input(role) + " ";
        return groupIndexes.computeIfAbsent(
                input + columns, each -> RandomGroups.actOrder(columns, size, random.nextLong()));
    }

    /** The first of the matrices that share their input with this one. */
    private static LinearRole input(LinearRole role) {
        return switch (role) {
            case QUERY, KEY, VALUE -> LinearRole.QUERY;
            case FFN_GATE, FFN_UP -> LinearRole.FFN_GATE;
            case OUTPUT, FFN_DOWN -> role;
        };
    }

    private <T extends LinearWeights> T make(String key, Supplier<T> maker) {
        if (!shared) {
            return maker.get();
        }
        @SuppressWarnings("unchecked") // one maker for a key
        T weights = (T) made.computeIfAbsent(key, each -> maker.get());
        return weights;
    }

    /** The layers to which Q4_K_M gives more bits: the first and last eighth, and every third between. */
    private static boolean moreBits(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    private static TensorType blockType(String name) {
        for (TensorType type : SCALES.keySet()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return type;
            }
        }
        throw unknown(name);
    }

    private static QuernException unknown(String name) {
        return new QuernException("weights \"" + name + "\" are not known; expected one of " + names());
    }

    private BlockWeights blocks(TensorType type, int rows, int columns) {
        if (columns % type.elementsPerBlock() != 0) {
            throw new QuernException("weights " + name + ": " + columns + " inputs are not a multiple of "
                    + type.elementsPerBlock() + ", the block of " + type);
        }
        return make(type + " " + rows + " " + columns,
                () -> new BlockWeights(type, rows, columns, fill(type, rows, columns)));
    }

    private MemorySegment fill(TensorType type, int rows, int columns) {
        long bytes = rows * type.byteSize(columns);
        MemorySegment data = arena.allocate(bytes, 64);
        for (long at = 0; at + 8 <= bytes; at += 8) {
            long value = random.nextLong();
            if (type == TensorType.F16 || type == TensorType.BF16) {
                value = value & 0x87FF_87FF_87FF_87FFL
                        | (type == TensorType.F16 ? 0x2000_2000_2000_2000L : 0x3C00_3C00_3C00_3C00L);
            }
            data.set(ValueLayout.JAVA_LONG, at, value);
        }
        int[] scales = SCALES.get(type);
        for (long block = 0; block < bytes && scales.length > 0; block += type.bytesPerBlock()) {
            for (int i = 0; i < scales.length; i += 2) {
                data.set(ValueLayout.JAVA_BYTE, block + scales[i], (byte) scales[i + 1]);
            }
        }
        return data;
    }
}
