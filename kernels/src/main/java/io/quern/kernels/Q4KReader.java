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
        for (int i = 0; i < 16; i++) {
            long both = source.get(Bytes.I64, nibbles + 8 * i);
            int low = index + (i / 4 * 8 + i % 4) * TILE_ROWS;
            codes[low] = both & LOW_NIBBLES;
            codes[low + 4 * TILE_ROWS] = both >>> 4 & LOW_NIBBLES;
        }
        if (fifthBit) {
            for (int i = 0; i < 32; i++) {
                long bits = source.get(Bytes.I64, at + 16 + 8 * (i % 4)) >>> i / 4 & 0x0101010101010101L;
                codes[index + i * TILE_ROWS] |= bits << 4;
            }
        }
    }

    @Override
    public void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane) {
        words[lane] = Bytes.i32(source, at);
        for (int s = 0; s < 8; s++) {
            BlockReader.putByte(words, 1, s, lane, KScales.scale(source, at + 4, s));
            BlockReader.putByte(words, 3, s, lane, KScales.minimum(source, at + 4, s));
        }
    }
}
