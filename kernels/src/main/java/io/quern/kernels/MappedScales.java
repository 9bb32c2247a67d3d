package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scales of a file, F16, BF16 or F32, little-endian and of any alignment.
 *
 * @param type one of the three
 */
record MappedScales(TensorType type, MemorySegment data) {
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /** As many 16-bit lanes as the widest vectors have floats. */
    private static final VectorSpecies<Short> HALVES =
            VectorSpecies.of(short.class, VectorShape.forBitSize(CpuConstants.VECTOR_BITS / 2));

    /** {@code target[at + i]} = element {@code first + i}. */
    void decode(long first, int count, float[] target, int at) {
        int whole = switch (type) {
            case F16 -> decodeF16(first, count, target, at);
            case BF16 -> decodeBf16(first, count, target, at);
            default -> decodeF32(first, count, target, at);
        };
        for (int i = whole; i < count; i++) {
            target[at + i] = switch (type) {
                case F16 -> Float.float16ToFloat(data.get(I16, 2 * (first + i)));
                case BF16 -> Float.intBitsToFloat(data.get(I16, 2 * (first + i)) << 16);
                default -> data.get(F32, 4 * (first + i));
            };
        }
    }

    /** See {@link GroupScales} for the arithmetic. Returns how many were decoded: whole vectors. */
    private int decodeF16(long first, int count, float[] target, int at) {
        int i = 0;
        for (; i <= count - FLOAT_LANES; i += FLOAT_LANES) {
            IntVector half = ((IntVector) ShortVector.fromMemorySegment(HALVES, data, 2 * (first + i), LITTLE_ENDIAN)
                    .convertShape(VectorOperators.S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(0x8FFFE000);
            half.reinterpretAsFloats()
                    .mul(0x1p112f)
                    .blend(
                            half.or(0x7F800000).reinterpretAsFloats(),
                            half.and(0x0F800000).compare(VectorOperators.EQ, 0x0F800000).cast(FLOATS))
                    .intoArray(target, at + i);
        }
        return i;
    }

    private int decodeBf16(long first, int count, float[] target, int at) {
        int i = 0;
        for (; i <= count - FLOAT_LANES; i += FLOAT_LANES) {
            ((IntVector) ShortVector.fromMemorySegment(HALVES, data, 2 * (first + i), LITTLE_ENDIAN)
                    .convertShape(VectorOperators.S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(target, at + i);
        }
        return i;
    }

    private int decodeF32(long first, int count, float[] target, int at) {
        int i = 0;
        for (; i <= count - FLOAT_LANES; i += FLOAT_LANES) {
            FloatVector.fromMemorySegment(FLOATS, data, 4 * (first + i), LITTLE_ENDIAN).intoArray(target, at + i);
        }
        return i;
    }
}
