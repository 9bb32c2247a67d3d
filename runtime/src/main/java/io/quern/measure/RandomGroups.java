package io.quern.measure;

import io.quern.safetensors.AwqGemmWeights;
import io.quern.safetensors.GptqWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Linear layers of AWQ and GPTQ from a seed, in the words of real checkpoints: random codes, and scales that give
 * weights of about 0.02.
 */
public final class RandomGroups {
    private static final float WEIGHT = 0.02f;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RandomGroups() {}

    /** Eight outputs in a word, and zero points anywhere. */
    public static AwqGemmWeights awq(int rows, int columns, int groupSize, long seed, Arena arena) {
        SplittableRandom random = new SplittableRandom(seed);
        int groups = Math.ceilDiv(columns, groupSize);
        MemorySegment qweight = randomBytes((long) columns * rows / 2, random, arena);
        MemorySegment qzeros = randomBytes((long) groups * rows / 2, random, arena);
        return AwqGemmWeights.of(rows, columns, groupSize, qweight, qzeros, scales(groups, rows, 4, random, arena));
    }

    /**
     * Several inputs in a word, and the zero point in the middle, stored less one.
     *
     * @param bits 4 or 8
     * @param groupIndex the group of every input, see {@link #actOrder}, or null where it is {@code k / groupSize}
     */
    public static GptqWeights gptq(
            int rows, int columns, int bits, int groupSize, int[] groupIndex, long seed, Arena arena) {
        SplittableRandom random = new SplittableRandom(seed);
        int groups = Math.ceilDiv(columns, groupSize);
        MemorySegment qweight = randomBytes((long) columns * rows * bits / 8, random, arena);
        MemorySegment qzeros = arena.allocate((long) groups * rows * bits / 8, 64);
        qzeros.fill((byte) (bits == 4 ? 0x77 : 0x7F));
        MemorySegment scales = scales(groups, rows, bits, random, arena);
        return GptqWeights.of(rows, columns, bits, groupSize, groupIndex, qweight, qzeros, scales);
    }

    /**
     * The group of every input where the inputs of a group are scattered over the row. GPTQ sorts inputs by what it has
     * seen of them alone, so matrices that share their input have one order.
     */
    public static int[] actOrder(int columns, int groupSize, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] groups = new int[columns];
        for (int k = 0; k < columns; k++) {
            int other = random.nextInt(k + 1);
            groups[k] = groups[other];
            groups[other] = k / groupSize;
        }
        return groups;
    }

    /** F16, of half to one and a half times the usual. */
    private static MemorySegment scales(int groups, int rows, int bits, SplittableRandom random, Arena arena) {
        MemorySegment scales = arena.allocate(2L * groups * rows, 64);
        for (long at = 0; at < scales.byteSize(); at += 2) {
            float factor = 0.5f + (random.nextInt() >>> 8) * 0x1p-24f;
            scales.set(I16, at, Float.floatToFloat16(WEIGHT / (bits == 4 ? 5 : 73) * factor));
        }
        return scales;
    }

    /** Random bytes. */
    public static MemorySegment randomBytes(long byteSize, SplittableRandom random, Arena arena) {
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
}
