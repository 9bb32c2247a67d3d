package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.MemorySegment;

/** Q4_K and Q5_K for codes of 4 and 5 bits; the integer scales and minimums each in a byte. */
final class Q4KReader implements BlockReader {
    private final boolean fifthBit;

    Q4KReader(boolean fifthBit) {
        this.fifthBit = fifthBit;
    }

    @Override
    public void codes(MemorySegment source, long at, long[] codes, int index) {
        long nibbles = at + (fifthBit ? 48 : 16);
        for (int i = 0; i < 4; i++) {
            long fifths = fifthBit ? source.get(Bytes.I64, at + 16 + 8 * i) : 0;
            for (int block = 0; block < 8; block += 2) {
                long both = source.get(Bytes.I64, nibbles + 16 * block + 8 * i);
                int first = index + (4 * block + i) * TILE_ROWS;
                codes[first] = both & LOW_NIBBLES | (fifths >>> block & LOW_BITS) << 4;
                codes[first + 4 * TILE_ROWS] = both >>> 4 & LOW_NIBBLES | (fifths >>> block + 1 & LOW_BITS) << 4;
            }
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.i32(source, at);
        int first = Bytes.i32(source, at + 4);
        int second = Bytes.i32(source, at + 8);
        int third = Bytes.i32(source, at + 12);
        words[TILE_ROWS + lane] = first & 0x3F3F3F3F;
        words[2 * TILE_ROWS + lane] = third & 0x0F0F0F0F | first >>> 2 & 0x30303030;
        words[3 * TILE_ROWS + lane] = second & 0x3F3F3F3F;
        words[4 * TILE_ROWS + lane] = third >>> 4 & 0x0F0F0F0F | second >>> 2 & 0x30303030;
    }
}
