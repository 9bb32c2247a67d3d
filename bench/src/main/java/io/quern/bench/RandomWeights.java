package io.quern.bench;

import io.quern.kernels.BlockWeights;
import io.quern.kernels.TensorType;
import io.quern.measure.RandomGroups;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Linear layers of blocks from a seed, in the bytes of real files: random codes, and scales that give weights of about
 * 0.02.
 */
final class RandomWeights {
    private static final float WEIGHT = 0.02f;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RandomWeights() {}

    static BlockWeights blocks(TensorType type, int rows, int columns, long seed, Arena arena) {
        SplittableRandom random = new SplittableRandom(seed);
        MemorySegment data = RandomGroups.randomBytes(rows * type.byteSize(columns), random, arena);
        for (long block = 0; block < data.byteSize(); block += type.bytesPerBlock()) {
            switch (type) {
                // Exponents of 8 and 9: magnitudes of 1/128 to 1/32.
                case F16 -> data.set(I16, block, (short) (data.get(I16, block) & 0x87FF | 0x2000));
                case Q8_0 -> putScale(data, block, WEIGHT / 73, random);
                case Q4_0 -> putScale(data, block, WEIGHT / 5, random);
                case Q4_1 -> putScaleAndMinimum(data, block, WEIGHT / 5, -WEIGHT * 1.5f, random);
                case Q4_K -> putScaleAndMinimum(data, block, WEIGHT / 5 / 32, WEIGHT * 1.5f / 32, random);
                case Q6_K -> putScale(data, block + 208, WEIGHT / 18 / 73, random);
                default -> throw new IllegalArgumentException("no random weights of type " + type);
            }
        }
        return new BlockWeights(type, rows, columns, data);
    }

    private static void putScaleAndMinimum(
            MemorySegment data, long at, float scale, float minimum, SplittableRandom random) {
        putScale(data, at, scale, random);
        putScale(data, at + 2, minimum, random);
    }

    /** An f16 of half to one and a half times the usual. */
    private static void putScale(MemorySegment data, long at, float usual, SplittableRandom random) {
        float factor = 0.5f + (random.nextInt() >>> 8) * 0x1p-24f;
        data.set(I16, at, Float.floatToFloat16(usual * factor));
    }
}
