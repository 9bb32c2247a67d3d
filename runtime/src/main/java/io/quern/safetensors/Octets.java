package io.quern.safetensors;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight codes of a few bits each, spread over the eight bytes of a long, first code lowest. */
final class Octets {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long LOW_SHORTS = 0x0000_FFFF_0000_FFFFL;
    private static final long LOW_NIBBLES = 0x0F0F_0F0F_0F0F_0F0FL;

    /** Of every two bytes the lower, and of it the low nibble. */
    private static final long LOW_BYTES = 0x000F_000F_000F_000FL;

    private Octets() {}

    /** The low 16 bits. */
    static long of2Bits(int codes) {
        long octet = codes & 0xFFFFL;
        octet = (octet | octet << 24) & 0x0000_00FF_0000_00FFL;
        octet = (octet | octet << 12) & 0x000F_000F_000F_000FL;
        return (octet | octet << 6) & 0x0303_0303_0303_0303L;
    }

    /** The low 24 bits. */
    static long of3Bits(long codes) {
        return Long.expand(codes, 0x0707_0707_0707_0707L);
    }

    static long of4Bits(int codes) {
        long octet = codes & 0xFFFF_FFFFL;
        octet = (octet | octet << 16) & 0x0000_FFFF_0000_FFFFL;
        octet = (octet | octet << 8) & 0x00FF_00FF_00FF_00FFL;
        return (octet | octet << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
    }

    /** Eight bytes from an offset on. */
    static long load(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /**
     * Spreads a stream of codes: octet o goes to {@code target[at + o * stride]}.
     *
     * @param stream b bytes for each octet, and eight to spare
     */
    static void spread(byte[] stream, int bits, long[] target, int at, int stride, int count) {
        switch (bits) {
            case 4 -> {
                for (int o = 0; o < count; o++) {
                    target[at + o * stride] = of4Bits((int) load(stream, 4 * o));
                }
            }
            case 8 -> {
                for (int o = 0; o < count; o++) {
                    target[at + o * stride] = load(stream, 8 * o);
                }
            }
            default -> {
                long mask = 0x0101_0101_0101_0101L * ((1 << bits) - 1);
                for (int o = 0; o < count; o++) {
                    target[at + o * stride] = Long.expand(load(stream, bits * o), mask);
                }
            }
        }
    }

    /**
     * Transposes a square of eight by eight nibbles: byte i of octet t becomes nibble t of word i.
     *
     * @param first word 0; word i is {@code words[first + i * stride]}
     */
    static void transpose(int[] words, int first, int stride, long[] octets) {
        long words04 = pair(words[first], words[first + 4 * stride]);
        long words15 = pair(words[first + stride], words[first + 5 * stride]);
        long words26 = pair(words[first + 2 * stride], words[first + 6 * stride]);
        long words37 = pair(words[first + 3 * stride], words[first + 7 * stride]);
        transposeBytes(words04, words15, words26, words37, octets, 0);
        transposeBytes(words04 >>> 4, words15 >>> 4, words26 >>> 4, words37 >>> 4, octets, 1);
    }

    /** The low nibble of every byte: exchanges byte places 2 and 1 with the numbers of the words. */
    private static void transposeBytes(long w04, long w15, long w26, long w37, long[] octets, int odd) {
        long low0246 = w04 & LOW_SHORTS | (w26 & LOW_SHORTS) << 16;
        long high0246 = w04 >>> 16 & LOW_SHORTS | w26 & ~LOW_SHORTS;
        long low1357 = w15 & LOW_SHORTS | (w37 & LOW_SHORTS) << 16;
        long high1357 = w15 >>> 16 & LOW_SHORTS | w37 & ~LOW_SHORTS;
        octets[odd] = low0246 & LOW_BYTES | (low1357 & LOW_BYTES) << 8;
        octets[2 + odd] = low0246 >>> 8 & LOW_BYTES | low1357 & LOW_NIBBLES & ~LOW_BYTES;
        octets[4 + odd] = high0246 & LOW_BYTES | (high1357 & LOW_BYTES) << 8;
        octets[6 + odd] = high0246 >>> 8 & LOW_BYTES | high1357 & LOW_NIBBLES & ~LOW_BYTES;
    }

    private static long pair(int low, int high) {
        return low & 0xFFFF_FFFFL | (long) high << 32;
    }
}
