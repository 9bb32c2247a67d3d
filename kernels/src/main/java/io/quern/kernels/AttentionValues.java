package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels of softmax weight times value: lane = dimension. A value panel is {@code (count, 32)} floats; weights
 * lie in rows of {@link KvCache#PAGE} floats. The sums so far are first multiplied by one factor a row, which is how
 * the online softmax moves them to a new maximum.
 */
final class AttentionValues {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int PAGE = KvCache.PAGE;
    private static final int PANEL = KvCache.PANEL;

    private AttentionValues() {}

    /** Adds 8 rows of weights {@code (8, count)} times the values of one panel to 8 rows of the sums. */
    static void values8(float[] p, int pOffset, float[] values, int valueOffset, int count,
            float[] out, int outOffset, int outStride, float[] factors, int row) {
        for (int column = 0; column < PANEL; column += 2 * LANES) {
            int at = outOffset + column;
            FloatVector a0 = FloatVector.fromArray(SPECIES, out, at).mul(factors[row]);
            FloatVector b0 = FloatVector.fromArray(SPECIES, out, at + LANES).mul(factors[row]);
            FloatVector a1 = FloatVector.fromArray(SPECIES, out, at + outStride).mul(factors[row + 1]);
            FloatVector b1 = FloatVector.fromArray(SPECIES, out, at + outStride + LANES).mul(factors[row + 1]);
            FloatVector a2 = FloatVector.fromArray(SPECIES, out, at + 2 * outStride).mul(factors[row + 2]);
            FloatVector b2 = FloatVector.fromArray(SPECIES, out, at + 2 * outStride + LANES).mul(factors[row + 2]);
            FloatVector a3 = FloatVector.fromArray(SPECIES, out, at + 3 * outStride).mul(factors[row + 3]);
            FloatVector b3 = FloatVector.fromArray(SPECIES, out, at + 3 * outStride + LANES).mul(factors[row + 3]);
            FloatVector a4 = FloatVector.fromArray(SPECIES, out, at + 4 * outStride).mul(factors[row + 4]);
            FloatVector b4 = FloatVector.fromArray(SPECIES, out, at + 4 * outStride + LANES).mul(factors[row + 4]);
            FloatVector a5 = FloatVector.fromArray(SPECIES, out, at + 5 * outStride).mul(factors[row + 5]);
            FloatVector b5 = FloatVector.fromArray(SPECIES, out, at + 5 * outStride + LANES).mul(factors[row + 5]);
            FloatVector a6 = FloatVector.fromArray(SPECIES, out, at + 6 * outStride).mul(factors[row + 6]);
            FloatVector b6 = FloatVector.fromArray(SPECIES, out, at + 6 * outStride + LANES).mul(factors[row + 6]);
            FloatVector a7 = FloatVector.fromArray(SPECIES, out, at + 7 * outStride).mul(factors[row + 7]);
            FloatVector b7 = FloatVector.fromArray(SPECIES, out, at + 7 * outStride + LANES).mul(factors[row + 7]);
            for (int n = 0; n < count; n++) {
                FloatVector v0 = FloatVector.fromArray(SPECIES, values, valueOffset + column + n * PANEL);
                FloatVector v1 = FloatVector.fromArray(SPECIES, values, valueOffset + column + n * PANEL + LANES);
                FloatVector p0 = FloatVector.broadcast(SPECIES, p[pOffset + n]);
                a0 = p0.fma(v0, a0);
                b0 = p0.fma(v1, b0);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + PAGE]);
                a1 = p0.fma(v0, a1);
                b1 = p0.fma(v1, b1);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 2 * PAGE]);
                a2 = p0.fma(v0, a2);
                b2 = p0.fma(v1, b2);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 3 * PAGE]);
                a3 = p0.fma(v0, a3);
                b3 = p0.fma(v1, b3);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 4 * PAGE]);
                a4 = p0.fma(v0, a4);
                b4 = p0.fma(v1, b4);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 5 * PAGE]);
                a5 = p0.fma(v0, a5);
                b5 = p0.fma(v1, b5);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 6 * PAGE]);
                a6 = p0.fma(v0, a6);
                b6 = p0.fma(v1, b6);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 7 * PAGE]);
                a7 = p0.fma(v0, a7);
                b7 = p0.fma(v1, b7);
            }
            a0.intoArray(out, at);
            b0.intoArray(out, at + LANES);
            a1.intoArray(out, at + outStride);
            b1.intoArray(out, at + outStride + LANES);
            a2.intoArray(out, at + 2 * outStride);
            b2.intoArray(out, at + 2 * outStride + LANES);
            a3.intoArray(out, at + 3 * outStride);
            b3.intoArray(out, at + 3 * outStride + LANES);
            a4.intoArray(out, at + 4 * outStride);
            b4.intoArray(out, at + 4 * outStride + LANES);
            a5.intoArray(out, at + 5 * outStride);
            b5.intoArray(out, at + 5 * outStride + LANES);
            a6.intoArray(out, at + 6 * outStride);
            b6.intoArray(out, at + 6 * outStride + LANES);
            a7.intoArray(out, at + 7 * outStride);
            b7.intoArray(out, at + 7 * outStride + LANES);
        }
    }

    /** Adds 4 rows of weights {@code (4, count)} times the values of one panel to 4 rows of the sums. */
    static void values4(float[] p, int pOffset, float[] values, int valueOffset, int count,
            float[] out, int outOffset, int outStride, float[] factors, int row) {
        for (int column = 0; column < PANEL; column += 2 * LANES) {
            int at = outOffset + column;
            FloatVector a0 = FloatVector.fromArray(SPECIES, out, at).mul(factors[row]);
            FloatVector b0 = FloatVector.fromArray(SPECIES, out, at + LANES).mul(factors[row]);
            FloatVector a1 = FloatVector.fromArray(SPECIES, out, at + outStride).mul(factors[row + 1]);
            FloatVector b1 = FloatVector.fromArray(SPECIES, out, at + outStride + LANES).mul(factors[row + 1]);
            FloatVector a2 = FloatVector.fromArray(SPECIES, out, at + 2 * outStride).mul(factors[row + 2]);
            FloatVector b2 = FloatVector.fromArray(SPECIES, out, at + 2 * outStride + LANES).mul(factors[row + 2]);
            FloatVector a3 = FloatVector.fromArray(SPECIES, out, at + 3 * outStride).mul(factors[row + 3]);
            FloatVector b3 = FloatVector.fromArray(SPECIES, out, at + 3 * outStride + LANES).mul(factors[row + 3]);
            for (int n = 0; n < count; n++) {
                FloatVector v0 = FloatVector.fromArray(SPECIES, values, valueOffset + column + n * PANEL);
                FloatVector v1 = FloatVector.fromArray(SPECIES, values, valueOffset + column + n * PANEL + LANES);
                FloatVector p0 = FloatVector.broadcast(SPECIES, p[pOffset + n]);
                a0 = p0.fma(v0, a0);
                b0 = p0.fma(v1, b0);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + PAGE]);
                a1 = p0.fma(v0, a1);
                b1 = p0.fma(v1, b1);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 2 * PAGE]);
                a2 = p0.fma(v0, a2);
                b2 = p0.fma(v1, b2);
                p0 = FloatVector.broadcast(SPECIES, p[pOffset + n + 3 * PAGE]);
                a3 = p0.fma(v0, a3);
                b3 = p0.fma(v1, b3);
            }
            a0.intoArray(out, at);
            b0.intoArray(out, at + LANES);
            a1.intoArray(out, at + outStride);
            b1.intoArray(out, at + outStride + LANES);
            a2.intoArray(out, at + 2 * outStride);
            b2.intoArray(out, at + 2 * outStride + LANES);
            a3.intoArray(out, at + 3 * outStride);
            b3.intoArray(out, at + 3 * outStride + LANES);
        }
    }

    /** Adds one row of weights times the values of one panel to one row of the sums: even and odd positions apart. */
    static void values1(float[] p, int pOffset, float[] values, int valueOffset, int count,
            float[] out, int outOffset, float[] factors, int row) {
        for (int column = 0; column < PANEL; column += 2 * LANES) {
            int to = outOffset + column;
            FloatVector a0 = FloatVector.fromArray(SPECIES, out, to).mul(factors[row]);
            FloatVector b0 = FloatVector.fromArray(SPECIES, out, to + LANES).mul(factors[row]);
            FloatVector a1 = FloatVector.zero(SPECIES);
            FloatVector b1 = FloatVector.zero(SPECIES);
            int even = count & ~1;
            for (int n = 0; n < even; n += 2) {
                int at = valueOffset + column + n * PANEL;
                FloatVector p0 = FloatVector.broadcast(SPECIES, p[pOffset + n]);
                a0 = p0.fma(FloatVector.fromArray(SPECIES, values, at), a0);
                b0 = p0.fma(FloatVector.fromArray(SPECIES, values, at + LANES), b0);
                FloatVector p1 = FloatVector.broadcast(SPECIES, p[pOffset + n + 1]);
                a1 = p1.fma(FloatVector.fromArray(SPECIES, values, at + PANEL), a1);
                b1 = p1.fma(FloatVector.fromArray(SPECIES, values, at + PANEL + LANES), b1);
            }
            if (even < count) {
                int at = valueOffset + column + even * PANEL;
                FloatVector p0 = FloatVector.broadcast(SPECIES, p[pOffset + even]);
                a0 = p0.fma(FloatVector.fromArray(SPECIES, values, at), a0);
                b0 = p0.fma(FloatVector.fromArray(SPECIES, values, at + LANES), b0);
            }
            a0.add(a1).intoArray(out, to);
            b0.add(b1).intoArray(out, to + LANES);
        }
    }
}
