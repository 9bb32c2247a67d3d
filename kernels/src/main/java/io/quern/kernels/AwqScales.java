package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;
import static io.quern.kernels.MappedAwqMatrix.FIELDS;
import static io.quern.kernels.MappedAwqMatrix.ORDER;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.IntVector;

/**
 * Scales of a file in the order of AWQ's sums, {@code [vector][nibble][word]}: the file has them in that of the
 * outputs.
 *
 * <p>Nibbles j and j + 4 are the outputs 2j and 2j + 1 of a word, so two neighbouring scales of 16 bits stay together:
 * what is sorted are ints, four of a word to one of each of four vectors.
 */
final class AwqScales {
    /** Scales of one vector of words. */
    private static final int VECTOR_SCALES = FIELDS * FLOAT_LANES;

    private static final int HALF = FLOAT_LANES / 2;

    /** Places in two vectors, one after the other: ints 0 of all words, then ints 1. */
    private static final int[] FIRST_PAIR = places(t -> t < HALF ? 4 * t : 4 * (t - HALF) + 1);

    /** Ints 2 of all words, then ints 3. */
    private static final int[] SECOND_PAIR = places(t -> t < HALF ? 4 * t + 2 : 4 * (t - HALF) + 3);

    /** The lower halves of both vectors. */
    private static final int[] LOWER = places(t -> t < HALF ? t : t + HALF);

    /** The upper halves. */
    private static final int[] UPPER = places(t -> t < HALF ? t + HALF : t + FLOAT_LANES);

    private final MappedScales scales;

    AwqScales(MappedScales scales) {
        this.scales = scales;
    }

    private static int[] places(IntUnaryOperator place) {
        int[] places = new int[FLOAT_LANES];
        Arrays.setAll(places, place);
        return places;
    }

    /**
     * The scales of some vectors of words, each right after the one before, to {@code memory.others[at ..]}.
     *
     * @param first the first word's first scale in the file
     */
    void sort(long first, int vectors, MappedScratch memory, int at) {
        if (scales.type() == TensorType.F32) {
            sortFloats(first, vectors, memory, at);
            return;
        }
        sortPairs(scales.data(), 2 * first, vectors, memory.scalePairs);
        if (scales.type() == TensorType.F16) {
            widenF16(memory.scalePairs, vectors, memory.others, at);
        } else {
            widenBf16(memory.scalePairs, vectors, memory.others, at);
        }
    }

    private void sortFloats(long first, int vectors, MappedScratch memory, int at) {
        scales.decode(first, vectors * VECTOR_SCALES, memory.scales, 0);
        for (int i = 0; i < vectors * VECTOR_SCALES; i++) {
            int vector = i / VECTOR_SCALES;
            int nibble = i / FLOAT_LANES % FIELDS;
            memory.others[at + i] =
                    memory.scales[vector * VECTOR_SCALES + i % FLOAT_LANES * FIELDS + ORDER[nibble]];
        }
    }

    /** {@code pairs[vector][j][word]} = the scales of nibbles j and j + 4. */
    private static void sortPairs(MemorySegment data, long at, int vectors, int[] pairs) {
        IntVector firstPair = IntVector.fromArray(INTS, FIRST_PAIR, 0);
        IntVector secondPair = IntVector.fromArray(INTS, SECOND_PAIR, 0);
        IntVector lower = IntVector.fromArray(INTS, LOWER, 0);
        IntVector upper = IntVector.fromArray(INTS, UPPER, 0);
        for (int v = 0; v < vectors; v++) {
            long from = at + 4L * v * VECTOR_BYTES;
            int target = 4 * v * FLOAT_LANES;
            IntVector a = IntVector.fromMemorySegment(INTS, data, from, LITTLE_ENDIAN);
            IntVector b = IntVector.fromMemorySegment(INTS, data, from + VECTOR_BYTES, LITTLE_ENDIAN);
            IntVector c = IntVector.fromMemorySegment(INTS, data, from + 2 * VECTOR_BYTES, LITTLE_ENDIAN);
            IntVector d = IntVector.fromMemorySegment(INTS, data, from + 3 * VECTOR_BYTES, LITTLE_ENDIAN);
            IntVector first = firstPair.selectFrom(a, b);
            IntVector second = firstPair.selectFrom(c, d);
            lower.selectFrom(first, second).intoArray(pairs, target);
            upper.selectFrom(first, second).intoArray(pairs, target + FLOAT_LANES);
            first = secondPair.selectFrom(a, b);
            second = secondPair.selectFrom(c, d);
            lower.selectFrom(first, second).intoArray(pairs, target + 2 * FLOAT_LANES);
            upper.selectFrom(first, second).intoArray(pairs, target + 3 * FLOAT_LANES);
        }
    }

    /** See {@link GroupScales} for the arithmetic; what a high half has below itself falls to the mask. */
    private static void widenF16(int[] pairs, int vectors, float[] target, int at) {
        for (int i = 0; i < 4 * vectors; i++) {
            int low = at + (i / 4 * FIELDS + i % 4) * FLOAT_LANES;
            IntVector pair = IntVector.fromArray(INTS, pairs, i * FLOAT_LANES);
            IntVector half = pair.lanewise(LSHL, 16).lanewise(ASHR, 3).and(0x8FFFE000);
            half.reinterpretAsFloats().mul(0x1p112f)
                    .blend(half.or(0x7F800000).reinterpretAsFloats(),
                            half.and(0x0F800000).eq(0x0F800000).cast(FLOATS))
                    .intoArray(target, low);
            half = pair.lanewise(ASHR, 3).and(0x8FFFE000);
            half.reinterpretAsFloats().mul(0x1p112f)
                    .blend(half.or(0x7F800000).reinterpretAsFloats(),
                            half.and(0x0F800000).eq(0x0F800000).cast(FLOATS))
                    .intoArray(target, low + 4 * FLOAT_LANES);
        }
    }

    private static void widenBf16(int[] pairs, int vectors, float[] target, int at) {
        for (int i = 0; i < 4 * vectors; i++) {
            int low = at + (i / 4 * FIELDS + i % 4) * FLOAT_LANES;
            IntVector pair = IntVector.fromArray(INTS, pairs, i * FLOAT_LANES);
            pair.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(target, low);
            pair.and(0xFFFF0000).reinterpretAsFloats().intoArray(target, low + 4 * FLOAT_LANES);
        }
    }
}
