package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels of query times key: lane = position, so there is no horizontal sum. A key panel is {@code (headSize,
 * 32)} floats; the scores of a row lie in a row of {@link KvCache#PAGE} floats.
 *
 * <p>Eight rows by two vectors are 16 sums and fill 32 registers; machines with 16 registers take four rows
 * ({@link #WIDE_ROWS}).
 */
final class AttentionScores {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int PAGE = KvCache.PAGE;
    private static final int PANEL = KvCache.PANEL;

    /** Rows of the widest micro-kernel that does not spill: registers are 512 bits wide where there are surely 32. */
    static final int WIDE_ROWS = LANES >= 16 ? 8 : 4;

    private AttentionScores() {}

    /** Scores of 8 query rows, packed {@code (headSize, 8)}, with the 32 keys of one panel. */
    static void scores8(float[] q, int qOffset, float[] keys, int keyOffset, int headSize, float[] s, int sOffset) {
        for (int column = 0; column < PANEL; column += 2 * LANES) {
            FloatVector a0 = FloatVector.zero(SPECIES);
            FloatVector b0 = FloatVector.zero(SPECIES);
            FloatVector a1 = FloatVector.zero(SPECIES);
            FloatVector b1 = FloatVector.zero(SPECIES);
            FloatVector a2 = FloatVector.zero(SPECIES);
            FloatVector b2 = FloatVector.zero(SPECIES);
            FloatVector a3 = FloatVector.zero(SPECIES);
            FloatVector b3 = FloatVector.zero(SPECIES);
            FloatVector a4 = FloatVector.zero(SPECIES);
            FloatVector b4 = FloatVector.zero(SPECIES);
            FloatVector a5 = FloatVector.zero(SPECIES);
            FloatVector b5 = FloatVector.zero(SPECIES);
            FloatVector a6 = FloatVector.zero(SPECIES);
            FloatVector b6 = FloatVector.zero(SPECIES);
            FloatVector a7 = FloatVector.zero(SPECIES);
            FloatVector b7 = FloatVector.zero(SPECIES);
            for (int d = 0; d < headSize; d++) {
                FloatVector k0 = FloatVector.fromArray(SPECIES, keys, keyOffset + column + d * PANEL);
                FloatVector k1 = FloatVector.fromArray(SPECIES, keys, keyOffset + column + d * PANEL + LANES);
                FloatVector q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8]);
                a0 = q0.fma(k0, a0);
                b0 = q0.fma(k1, b0);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 1]);
                a1 = q0.fma(k0, a1);
                b1 = q0.fma(k1, b1);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 2]);
                a2 = q0.fma(k0, a2);
                b2 = q0.fma(k1, b2);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 3]);
                a3 = q0.fma(k0, a3);
                b3 = q0.fma(k1, b3);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 4]);
                a4 = q0.fma(k0, a4);
                b4 = q0.fma(k1, b4);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 5]);
                a5 = q0.fma(k0, a5);
                b5 = q0.fma(k1, b5);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 6]);
                a6 = q0.fma(k0, a6);
                b6 = q0.fma(k1, b6);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 8 + 7]);
                a7 = q0.fma(k0, a7);
                b7 = q0.fma(k1, b7);
            }
            int to = sOffset + column;
            a0.intoArray(s, to);
            b0.intoArray(s, to + LANES);
            a1.intoArray(s, to + PAGE);
            b1.intoArray(s, to + PAGE + LANES);
            a2.intoArray(s, to + 2 * PAGE);
            b2.intoArray(s, to + 2 * PAGE + LANES);
            a3.intoArray(s, to + 3 * PAGE);
            b3.intoArray(s, to + 3 * PAGE + LANES);
            a4.intoArray(s, to + 4 * PAGE);
            b4.intoArray(s, to + 4 * PAGE + LANES);
            a5.intoArray(s, to + 5 * PAGE);
            b5.intoArray(s, to + 5 * PAGE + LANES);
            a6.intoArray(s, to + 6 * PAGE);
            b6.intoArray(s, to + 6 * PAGE + LANES);
            a7.intoArray(s, to + 7 * PAGE);
            b7.intoArray(s, to + 7 * PAGE + LANES);
        }
    }

    /** Scores of 4 query rows, packed {@code (headSize, 4)}, with the 32 keys of one panel. */
    static void scores4(float[] q, int qOffset, float[] keys, int keyOffset, int headSize, float[] s, int sOffset) {
        for (int column = 0; column < PANEL; column += 2 * LANES) {
            FloatVector a0 = FloatVector.zero(SPECIES);
            FloatVector b0 = FloatVector.zero(SPECIES);
            FloatVector a1 = FloatVector.zero(SPECIES);
            FloatVector b1 = FloatVector.zero(SPECIES);
            FloatVector a2 = FloatVector.zero(SPECIES);
            FloatVector b2 = FloatVector.zero(SPECIES);
            FloatVector a3 = FloatVector.zero(SPECIES);
            FloatVector b3 = FloatVector.zero(SPECIES);
            for (int d = 0; d < headSize; d++) {
                FloatVector k0 = FloatVector.fromArray(SPECIES, keys, keyOffset + column + d * PANEL);
                FloatVector k1 = FloatVector.fromArray(SPECIES, keys, keyOffset + column + d * PANEL + LANES);
                FloatVector q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 4]);
                a0 = q0.fma(k0, a0);
                b0 = q0.fma(k1, b0);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 4 + 1]);
                a1 = q0.fma(k0, a1);
                b1 = q0.fma(k1, b1);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 4 + 2]);
                a2 = q0.fma(k0, a2);
                b2 = q0.fma(k1, b2);
                q0 = FloatVector.broadcast(SPECIES, q[qOffset + d * 4 + 3]);
                a3 = q0.fma(k0, a3);
                b3 = q0.fma(k1, b3);
            }
            int to = sOffset + column;
            a0.intoArray(s, to);
            b0.intoArray(s, to + LANES);
            a1.intoArray(s, to + PAGE);
            b1.intoArray(s, to + PAGE + LANES);
            a2.intoArray(s, to + 2 * PAGE);
            b2.intoArray(s, to + 2 * PAGE + LANES);
            a3.intoArray(s, to + 3 * PAGE);
            b3.intoArray(s, to + 3 * PAGE + LANES);
        }
    }

    /**
     * Scores of one query row with the 32 keys of one panel: even and odd dimensions apart, for four independent
     * sums.
     */
    static void scores1(float[] q, int qOffset, float[] keys, int keyOffset, int headSize, float[] s, int sOffset) {
        for (int column = 0; column < PANEL; column += 2 * LANES) {
            FloatVector a0 = FloatVector.zero(SPECIES);
            FloatVector b0 = FloatVector.zero(SPECIES);
            FloatVector a1 = FloatVector.zero(SPECIES);
            FloatVector b1 = FloatVector.zero(SPECIES);
            for (int d = 0; d < headSize; d += 2) {
                int at = keyOffset + column + d * PANEL;
                FloatVector q0 = FloatVector.broadcast(SPECIES, q[qOffset + d]);
                a0 = q0.fma(FloatVector.fromArray(SPECIES, keys, at), a0);
                b0 = q0.fma(FloatVector.fromArray(SPECIES, keys, at + LANES), b0);
                FloatVector q1 = FloatVector.broadcast(SPECIES, q[qOffset + d + 1]);
                a1 = q1.fma(FloatVector.fromArray(SPECIES, keys, at + PANEL), a1);
                b1 = q1.fma(FloatVector.fromArray(SPECIES, keys, at + PANEL + LANES), b1);
            }
            a0.add(a1).intoArray(s, sOffset + column);
            b0.add(b1).intoArray(s, sOffset + column + LANES);
        }
    }
}
