package io.quern.safetensors;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight codes of a few bits each, spread over the eight bytes of a long, first code lowest. */
final class Octets {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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

    /** One nibble of each of four words as four bytes. */
    static void gather(int[][] words, int first, int shift, int[] target) {
        int[] a = words[first];
        int[] b = words[first + 1];
        int[] c = words[first + 2];
        int[] d = words[first + 3];
        for (int i = 0; i < target.length; i++) {
            target[i] = a[i] >>> shift & 15 | (b[i] >>> shift & 15) << 8 | (c[i] >>> shift & 15) << 16
                    | (d[i] >>> shift & 15) << 24;
        }
    }
}
