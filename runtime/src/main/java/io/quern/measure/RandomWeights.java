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

    private static final Map<String, int[]> GROUPS = Map.of( // bits, group size
            "awq-g128", new int[] {4, 128},
            "gptq-g128", new int[] {4, 128},
            "gptq-g32", new int[] {4, 32},
            "gptq8-g128", new int[] {8, 128});

    private static final String MIXED = "q4_k_m";

    private final Arena arena;
    private final String name;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<String, MemorySegment> made = new HashMap<>();

    RandomWeights(Arena arena, String name) {
        this.arena = arena;
        this.name = name;
        if (!GROUPS.containsKey(name) && !name.equals(MIXED)) {
            blockType(name);
        }
    }

    /** The formats that {@code --weights} takes, for messages and help texts. */
    static String names() {
        return "q4_0, q4_1, q8_0, q4_k, q5_k, q6_k, q4_k_m, f16, bf16, awq-g128, gptq-g128, gptq-g32, gptq8-g128";
    }

    BlockWeights embedding(int rows, int columns) {
        return blocks(
                GROUPS.containsKey(name) ? TensorType.F16 : name.equals(MIXED) ? TensorType.Q4_K : blockType(name),
                rows, columns);
    }

    /** Quantised checkpoints of the hub keep the output matrix in 16 bits; Q4_K_M takes Q6_K for it. */
    LinearWeights output(int rows, int columns) {
        return name.equals(MIXED) ? blocks(TensorType.Q6_K, rows, columns) : embedding(rows, columns);
    }

    LinearWeights linear(LinearRole role, int layer, ModelConfig config) {
        int rows = config.rows(role);
        int columns = config.columns(role);
        int[] group = GROUPS.get(name);
        if (group != null) {
            return new RandomGroupWeights(rows, columns, group[0], group[1]);
        }
        if (!name.equals(MIXED)) {
            return blocks(blockType(name), rows, columns);
        }
        boolean wide =
                (role == LinearRole.VALUE || role == LinearRole.FFN_DOWN) && moreBits(layer, config.layerCount());
        return blocks(wide ? TensorType.Q6_K : TensorType.Q4_K, rows, columns);
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
        throw new QuernException("weights \"" + name + "\" are not known; expected one of " + names());
    }

    private BlockWeights blocks(TensorType type, int rows, int columns) {
        if (columns % type.elementsPerBlock() != 0) {
            throw new QuernException("weights " + name + ": " + columns + " inputs are not a multiple of "
                    + type.elementsPerBlock() + ", the block of " + type);
        }
        MemorySegment data = made.computeIfAbsent(type + " " + rows + " " + columns, key -> fill(type, rows, columns));
        return new BlockWeights(type, rows, columns, data);
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
