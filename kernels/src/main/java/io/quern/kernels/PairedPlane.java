package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Codes of 2, 4 or 8 bits: even inputs in the low half of a word, odd ones in the high half, so that one shift and one
 * mask give two neighbours as two 16-bit integers.
 */
abstract class PairedPlane extends CodePlane {
    /** Inputs of one word. */
    final int wordInputs;

    PairedPlane(int bits) {
        super(bits);
        this.wordInputs = 32 / bits;
        for (int k = 0; k < UNIT; k++) {
            wordOf[k] = k / wordInputs;
            shiftOf[k] = (k & 1) * 16 + k % wordInputs / 2 * bits;
        }
        placesKnown();
    }

    @Override
    void unpackCodes(MemorySegment data, long at, int inputs, int centre, short[] target, int targetOffset) {
        int mask = (1 << bits) - 1;
        IntVector pairMask = IntVector.broadcast(INTS, mask << 16 | mask);
        short down = (short) centre;
        for (int k = 0; k < inputs; k += wordInputs) {
            long word = at + (long) (k / wordInputs) * TILE_WORD_BYTES;
            for (int v = 0; v < 4; v++) {
                IntVector codes = IntVector.fromMemorySegment(INTS, data, word + (long) v * VECTOR_BYTES, ORDER);
                int index = targetOffset + (k * TILE_ROWS / 2 + v * FLOAT_LANES) * 2;
                for (int pair = 0; pair < wordInputs / 2; pair++) {
                    codes.lanewise(VectorOperators.LSHR, pair * bits)
                            .and(pairMask)
                            .reinterpretAsShorts()
                            .sub(down)
                            .intoArray(target, index + pair * TILE_ROWS * 2);
                }
            }
        }
    }
}
