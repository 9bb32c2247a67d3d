package io.quern.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rotary position embedding: rotates pairs of elements of every query and key head by {@code position * frequency}.
 *
 * <p>Immutable. Cosines and sines of the positions of a forward pass are computed once for all layers, into a table
 * that the caller keeps: {@link #fillTable}, then {@link #rotate} for each token. That costs a few microseconds a
 * token, where tables for a context of 200,000 would take 100 MB.
 */
public final class RotaryEmbedding {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** Which elements of a head of rotary size D make pair i. */
    public enum Layout {
        /** {@code (2i, 2i + 1)}: GGUF files of architecture llama. */
        INTERLEAVED,
        /** {@code (i, i + D/2)}: Hugging Face checkpoints, GGUF files of qwen2 and qwen3. */
        HALVES
    }

    private final double[] frequencies;
    private final float magnitude;
    private final Layout layout;

    /**
     * @param frequencies radians a position for each pair; twice their number, the rotary size, is at most the
     *     head size
     * @param magnitude factor of all cosines and sines (1 except for yarn)
     */
    public RotaryEmbedding(double[] frequencies, float magnitude, Layout layout) {
        if (frequencies.length == 0) {
            throw new IllegalArgumentException("RotaryEmbedding: no frequencies");
        }
        this.frequencies = frequencies.clone();
        this.magnitude = magnitude;
        this.layout = layout;
    }

    /** Elements of a head that are rotated; the ones after them stay as they are. */
    public int rotarySize() {
        return 2 * frequencies.length;
    }

    /** Floats that the table takes for each position. */
    public int tableStride() {
        return layout == Layout.HALVES ? 2 * frequencies.length : 4 * frequencies.length;
    }

    /**
     * Fills the table for {@code count} positions in a row, {@link #tableStride} floats each, from {@code
     * tableOffset} on.
     */
    public void fillTable(int firstPosition, int count, float[] table, int tableOffset) {
        int pairs = frequencies.length;
        for (int t = 0; t < count; t++) {
            int row = tableOffset + t * tableStride();
            for (int i = 0; i < pairs; i++) {
                double angle = (firstPosition + t) * frequencies[i];
                float cos = (float) (Math.cos(angle) * magnitude);
                float sin = (float) (Math.sin(angle) * magnitude);
                if (layout == Layout.HALVES) {
                    table[row + i] = cos;
                    table[row + pairs + i] = sin;
                } else {
                    table[row + 2 * i] = cos;
                    table[row + 2 * i + 1] = cos;
                    table[row + 2 * pairs + 2 * i] = -sin;
                    table[row + 2 * pairs + 2 * i + 1] = sin;
                }
            }
        }
    }

    /**
     * Rotates {@code heads} heads of {@code headSize} floats that follow each other in {@code x}, in place, by the
     * position whose table row starts at {@code tableOffset}.
     */
    public void rotate(float[] x, int offset, int heads, int headSize, float[] table, int tableOffset) {
        if (headSize < rotarySize()) {
            throw new IllegalArgumentException("RotaryEmbedding: head size " + headSize + " < rotary size "
                    + rotarySize());
        }
        for (int h = 0; h < heads; h++) {
            if (layout == Layout.HALVES) {
                rotateHalves(x, offset + h * headSize, frequencies.length, table, tableOffset);
            } else {
                rotateInterleaved(x, offset + h * headSize, 2 * frequencies.length, table, tableOffset);
            }
        }
    }

    private static void rotateHalves(float[] x, int offset, int pairs, float[] table, int row) {
        int i = 0;
        for (; i <= pairs - LANES; i += LANES) {
            FloatVector cos = FloatVector.fromArray(SPECIES, table, row + i);
            FloatVector sin = FloatVector.fromArray(SPECIES, table, row + pairs + i);
            FloatVector a = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector b = FloatVector.fromArray(SPECIES, x, offset + pairs + i);
            a.mul(cos).sub(b.mul(sin)).intoArray(x, offset + i);
            b.mul(cos).add(a.mul(sin)).intoArray(x, offset + pairs + i);
        }
        for (; i < pairs; i++) {
            float a = x[offset + i];
            float b = x[offset + pairs + i];
            x[offset + i] = a * table[row + i] - b * table[row + pairs + i];
            x[offset + pairs + i] = b * table[row + i] + a * table[row + pairs + i];
        }
    }

    /**
     * The table holds (cos, cos) and (-sin, sin), so a pair needs its own elements, its neighbours', and no shuffle.
     */
    private static void rotateInterleaved(float[] x, int offset, int size, float[] table, int row) {
        int i = 0;
        for (; i <= size - LANES; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
            FloatVector swapped = v.reinterpretAsInts().reinterpretAsLongs().lanewise(VectorOperators.ROL, 32)
                    .reinterpretAsInts().reinterpretAsFloats();
            FloatVector cos = FloatVector.fromArray(SPECIES, table, row + i);
            FloatVector sin = FloatVector.fromArray(SPECIES, table, row + size + i);
            v.mul(cos).add(swapped.mul(sin)).intoArray(x, offset + i);
        }
        for (; i < size; i += 2) {
            float a = x[offset + i];
            float b = x[offset + i + 1];
            x[offset + i] = a * table[row + i] + b * table[row + size + i];
            x[offset + i + 1] = b * table[row + i] + a * table[row + size + i + 1];
        }
    }
}
