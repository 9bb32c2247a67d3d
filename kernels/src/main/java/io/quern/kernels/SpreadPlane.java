package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of 3, 5 or 6 bits: 30 bits of a word hold whole codes, the top bits of several words together hold the rest.
 */
abstract class SpreadPlane extends CodePlane {
    SpreadPlane(int bits) {
        super(bits);
    }

    @Override
    final void unpackCodes(MemorySegment data, long at, int inputs, int centre, short[] target, int targetOffset) {
        for (int half = 0; half < inputs; half += HALF) {
            long unit = at + byteSize(half / UNIT * UNIT);
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                long column = unit + (long) v * Float.BYTES;
                int index = targetOffset + (half / 2 * TILE_ROWS + v) * 2;
                int whole = HALF - spreadCount(half);
                unpackWhole(data, column, half, whole, target, index);
                for (int i = whole; i < HALF; i++) {
                    unpackSpread(data, column, spreadBits[half + i & UNIT - 1], i & 1, target,
                            index + i / 2 * 2 * TILE_ROWS);
                }
                for (int pair = 0; pair < HALF / 2; pair++) {
                    ShortVector.fromArray(ShortVector.SPECIES_PREFERRED, target, index + pair * 2 * TILE_ROWS)
                            .sub((short) centre)
                            .intoArray(target, index + pair * 2 * TILE_ROWS);
                }
            }
        }
    }

    /** Codes that stand inside a word: even ones start a pair, odd ones are added to it. */
    private void unpackWhole(MemorySegment data, long column, int half, int count, short[] target, int index) {
        int mask = (1 << bits) - 1;
        for (int i = 0; i < count; i += 2) {
            int k = half + i & UNIT - 1;
            IntVector even = IntVector.fromMemorySegment(INTS, data, column + (long) wordOf[k] * TILE_WORD_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, shiftOf[k])
                    .and(mask);
            int next = i + 1 < count ? mask : 0;
            IntVector odd =
                    IntVector.fromMemorySegment(INTS, data, column + (long) wordOf[k + 1] * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, shiftOf[k + 1])
                            .and(next)
                            .lanewise(VectorOperators.LSHL, 16);
            even.or(odd).reinterpretAsShorts().intoArray(target, index + i * TILE_ROWS);
        }
    }

    private void unpackSpread(MemorySegment data, long column, int[] places, int odd, short[] target, int index) {
        IntVector code = IntVector.zero(INTS);
        for (int bit = 0; bit < bits; bit++) {
            code = IntVector.fromMemorySegment(INTS, data, column + (long) (places[bit] >> 5) * TILE_WORD_BYTES, ORDER)
                    .lanewise(VectorOperators.LSHR, places[bit] & 31)
                    .and(1)
                    .lanewise(VectorOperators.LSHL, bit)
                    .or(code);
        }
        ShortVector codes = code.lanewise(VectorOperators.LSHL, 16 * odd).reinterpretAsShorts();
        if (odd != 0) {
            codes = codes.or(ShortVector.fromArray(ShortVector.SPECIES_PREFERRED, target, index));
        }
        codes.intoArray(target, index);
    }
}
