package io.quern.bench;

import io.quern.kernels.BlockWeights;
import io.quern.kernels.TensorType;
import io.quern.safetensors.AwqGemmWeights;
import io.quern.safetensors.GptqWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Linear layers from a seed, in the bytes of real checkpoints: random codes, and scales that give weights of about
 * 0.02.
 */
final class RandomWeights {
    /** Inputs of a group of AWQ and GPTQ, as nearly all checkpoints have it. */
    private static final int GROUP_SIZE = 128;

    private static final float WEIGHT = 0.02f;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RandomWeights() {}

    static BlockWeights blocks(TensorType type, int rows, int columns, long seed, Arena arena) {
        SplittableRandom random = new SplittableRandom(seed);
        MemorySegment data = randomBytes(rows * type.byteSize(columns), random, arena);
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

    /** Eight outputs in a word, and zero points anywhere. */
    static AwqGemmWeights awq(int rows, int columns, long seed, Arena arena) {
        SplittableRandom random = new SplittableRandom(seed);
        int groups = Math.ceilDiv(columns, GROUP_SIZE);
        MemorySegment qweight = randomBytes((long) columns * rows / 2, random, arena);
        MemorySegment qzeros = randomBytes((long) groups * rows / 2, random, arena);
        return AwqGemmWeights.of(rows, columns, GROUP_SIZE, qweight, qzeros, scales(groups, rows, 4, random, arena));
    }

    /** Several inputs in a word, and the zero point in the middle, stored less one. */
    static GptqWeights gptq(int rows, int columns, int bits, boolean actOrder, long seed, Arena arena) {
        SplittableRandom random = new SplittableRandom(seed);
        int groups = Math.ceilDiv(columns, GROUP_SIZE);
        MemorySegment qweight = randomBytes((long) columns * rows * bits / 8, random, arena);
        MemorySegment qzeros = arena.allocate((long) groups * rows * bits / 8, 64);
        qzeros.fill((byte) (bits == 4 ? 0x77 : 0x7F));
        int[] groupIndex = actOrder ? shuffledGroups(columns, random) : null;
        MemorySegment scales = scales(groups, rows, bits, random, arena);
        return GptqWeights.of(rows, columns, bits, GROUP_SIZE, groupIndex, qweight, qzeros, scales);
    }

    private static int[] shuffledGroups(int columns, SplittableRandom random) {
        int[] groups = new int[columns];
        for (int k = 0; k < columns; k++) {
            int other = random.nextInt(k + 1);
            groups[k] = groups[other];
            groups[other] = k / GROUP_SIZE;
        }
        return groups;
    }

    private static MemorySegment scales(int groups, int rows, int bits, SplittableRandom random, Arena arena) {
        MemorySegment scales = arena.allocate(2L * groups * rows, 64);
        for (long at = 0; at < scales.byteSize(); at += 2) {
            putScale(scales, at, WEIGHT / (bits == 4 ? 5 : 73), random);
        }
        return scales;
    }

    private static MemorySegment randomBytes(long byteSize, SplittableRandom random, Arena arena) {
        MemorySegment data = arena.allocate(byteSize, 64);
        long at = 0;
        for (; at <= byteSize - 8; at += 8) {
            data.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
        for (; at < byteSize; at++) {
            data.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
        }
        return data;
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
