package io.quern.kernels;

import java.lang.foreign.MemorySegment;

/**
 * GPTQ's weights with their bytes: {@code qweight [columns * bits / 32, rows]} packs neighbouring inputs of one output
 * into a word, {@code qzeros [groups, rows * bits / 32]} neighbouring outputs (formats.md C.3). Little-endian, of any
 * alignment.
 */
public interface GptqWords extends GroupWeights {
    /** The words of the codes. */
    MemorySegment qweight();

    /** The words of the zero points. */
    MemorySegment qzeros();

    /** Scales {@code [groups, rows]} of type {@link #scaleType}. */
    MemorySegment scaleData();

    /** Whether {@link #qzeros} holds zero points less one: a whole word plus a one in every field gives them. */
    boolean zerosLessOne();
}
