package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/** Takes a block of a stored format apart into codes and scales, as an integer layout wants them. */
interface BlockReader {
    long LOW_NIBBLES = 0x0F0F0F0F0F0F0F0FL;

    long LOW_PAIRS = 0x0303030303030303L;

    long LOW_BITS = 0x0101010101010101L;

    /**
     * Writes the unsigned codes of the block at a byte offset, eight in a long: the next eight stand
     * {@link CpuConstants#TILE_ROWS} further.
     */
    void codes(MemorySegment source, long at, long[] codes, int index);

    /**
     * Writes the scales of the block into the words in front of a chunk.
     *
     * @param block number of the block in its chunk
     * @param chunkInputs inputs of the chunk
     */
    void scales(MemorySegment source, long at, int block, int chunkInputs, int[] words, int lane);

    /** Puts 16 bits into a word that two blocks share. */
    static void putShort(int[] words, int firstWord, int block, int lane, int bits) {
        words[(firstWord + (block >> 1)) * CpuConstants.TILE_ROWS + lane] |= (bits & 0xFFFF) << 16 * (block & 1);
    }

    /** Puts 8 bits into a word that four blocks share. */
    static void putByte(int[] words, int firstWord, int block, int lane, int bits) {
        words[(firstWord + (block >> 2)) * CpuConstants.TILE_ROWS + lane] |= (bits & 0xFF) << 8 * (block & 3);
    }

    /** 32 nibbles in 16 bytes, low ones first. */
    static void nibbles(MemorySegment source, long at, long[] codes, int index) {
        long first = source.get(Bytes.I64, at);
        long second = source.get(Bytes.I64, at + 8);
        codes[index] = first & LOW_NIBBLES;
        codes[index + CpuConstants.TILE_ROWS] = second & LOW_NIBBLES;
        codes[index + 2 * CpuConstants.TILE_ROWS] = first >>> 4 & LOW_NIBBLES;
        codes[index + 3 * CpuConstants.TILE_ROWS] = second >>> 4 & LOW_NIBBLES;
    }

    /** Eight bits to the lowest bits of eight bytes. */
    static long bitsToBytes(int bits) {
        long selected = bits * 0x0101010101010101L & 0x8040201008040201L;
        return (selected + 0x7F7F7F7F7F7F7F7FL | selected) >>> 7 & 0x0101010101010101L;
    }
}
