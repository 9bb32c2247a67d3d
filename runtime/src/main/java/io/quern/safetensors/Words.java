package io.quern.safetensors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Little-endian words of files, at any offset, and the fields of bits in them. */
final class Words {
    static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Words() {}

    /** Copies 32-bit words, the first at a word's index. */
    static void copy(MemorySegment source, long firstWord, int[] target, int count) {
        MemorySegment.copy(source, I32, 4 * firstWord, target, 0, count);
    }

    /**
     * Field i of a stream of bits: bits {@code [i * bits, (i + 1) * bits)}, low bits of low words first.
     *
     * @param words the stream, from word {@code firstWord} on
     */
    static int field(int[] words, int firstWord, int i, int bits) {
        int bit = i * bits - 32 * firstWord;
        int shift = bit % 32;
        int value = words[bit / 32] >>> shift;
        if (shift + bits > 32) {
            value |= words[bit / 32 + 1] << 32 - shift;
        }
        return value & (1 << bits) - 1;
    }
}
