package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.INTS;
import static io.quern.kernels.CpuConstants.ORDER;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.CpuConstants.VECTOR_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Nibbles that stand for the values of a code book: IQ4_NL, IQ4_XS, MXFP4, NVFP4. The book's 16 values, made positive
 * by a bias, are bytes of one register; a look-up turns a word of eight nibbles into two words of four 8-bit codes.
 */
final class TableCodes4 extends CodePlane {
    /**
     * Where a code stands, a byte of a word, it is worth {@code 2^8} or {@code 2^16} too much; the top one is shifted.
     */
    private static final FloatTerms TERMS = FloatTerms.inOrder(k -> {
        int shift = (k & 1) * 16 + (k / 4 & 1) * 8;
        return shift == 24 ? 1 : Math.scalb(1.0, -shift);
    });

    private final String name;
    private final int maximum;

    /** The book, again and again over the whole width. */
    private final byte[] table = new byte[VECTOR_BYTES];

    /** @param bias what is added to all values so that none is negative: the layout's common zero point */
    TableCodes4(String name, IntUnaryOperator values, int bias) {
        super(4);
        this.name = name;
        int largest = 0;
        for (int i = 0; i < table.length; i++) {
            table[i] = (byte) (values.applyAsInt(i & 15) + bias);
            largest = Math.max(largest, table[i] & 0xFF);
        }
        this.maximum = largest;
    }

    @Override
    String description() {
        return name;
    }

    @Override
    int maximumCode() {
        return maximum;
    }

    @Override
    FloatTerms floatTerms() {
        return TERMS;
    }

    @Override
    IntegerTerms integerTerms() {
        return null;
    }

    @Override
    void accumulate(MemorySegment data, long at, float[] x, float[] blockSums, VectorScratch task) {
        ByteVector book = ByteVector.fromArray(ByteVector.SPECIES_PREFERRED, table, 0);
        float[] sums = task.sums;
        float[] scales = task.scales;
        int inputs = task.inputs;
        int blockInputs = task.blockInputs;
        int from = task.from;
        int block = from / blockInputs;
        float startFactor = task.startFactor;
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, 0);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, FLOAT_LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, 2 * FLOAT_LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, 3 * FLOAT_LANES);
        FloatVector a0 = FloatVector.broadcast(FLOATS, startFactor * blockSums[block]);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int scale = 0;
        int blockEnd = Math.min(blockInputs, inputs);
        for (int k = 0; k < inputs; k += 8) {
            long word = at + (long) (k / 8) * TILE_WORD_BYTES;
            int first = from + k;
            // The low nibbles of the word's bytes are inputs 0, 4, 1, 5, the high ones 2, 6, 3, 7.
            IntVector w0 = IntVector.fromMemorySegment(INTS, data, word, ORDER);
            IntVector w1 = IntVector.fromMemorySegment(INTS, data, word + VECTOR_BYTES, ORDER);
            IntVector w2 = IntVector.fromMemorySegment(INTS, data, word + 2 * VECTOR_BYTES, ORDER);
            IntVector w3 = IntVector.fromMemorySegment(INTS, data, word + 3 * VECTOR_BYTES, ORDER);
            IntVector l0 = w0.and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book).reinterpretAsInts();
            IntVector l1 = w1.and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book).reinterpretAsInts();
            IntVector l2 = w2.and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book).reinterpretAsInts();
            IntVector l3 = w3.and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book).reinterpretAsInts();
            FloatVector b0 = FloatVector.broadcast(FLOATS, x[first]);
            a0 = l0.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a0);
            a1 = l1.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a1);
            a2 = l2.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a2);
            a3 = l3.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b0, a3);
            FloatVector b4 = FloatVector.broadcast(FLOATS, x[first + 4]);
            a0 = l0.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a0);
            a1 = l1.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a1);
            a2 = l2.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a2);
            a3 = l3.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b4, a3);
            FloatVector b1 = FloatVector.broadcast(FLOATS, x[first + 1]);
            a0 = l0.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a0);
            a1 = l1.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a1);
            a2 = l2.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a2);
            a3 = l3.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b1, a3);
            FloatVector b5 = FloatVector.broadcast(FLOATS, x[first + 5]);
            a0 = l0.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5,
                    a0);
            a1 = l1.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5,
                    a1);
            a2 = l2.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5,
                    a2);
            a3 = l3.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b5,
                    a3);
            IntVector h0 = w0.lanewise(VectorOperators.LSHR, 4).and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book)
                    .reinterpretAsInts();
            IntVector h1 = w1.lanewise(VectorOperators.LSHR, 4).and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book)
                    .reinterpretAsInts();
            IntVector h2 = w2.lanewise(VectorOperators.LSHR, 4).and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book)
                    .reinterpretAsInts();
            IntVector h3 = w3.lanewise(VectorOperators.LSHR, 4).and(0x0F0F0F0F).reinterpretAsBytes().selectFrom(book)
                    .reinterpretAsInts();
            FloatVector b2 = FloatVector.broadcast(FLOATS, x[first + 2]);
            a0 = h0.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a0);
            a1 = h1.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a1);
            a2 = h2.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a2);
            a3 = h3.and(0xFF).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b2, a3);
            FloatVector b6 = FloatVector.broadcast(FLOATS, x[first + 6]);
            a0 = h0.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a0);
            a1 = h1.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a1);
            a2 = h2.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a2);
            a3 = h3.and(0xFF00).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b6, a3);
            FloatVector b3 = FloatVector.broadcast(FLOATS, x[first + 3]);
            a0 = h0.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a0);
            a1 = h1.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a1);
            a2 = h2.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a2);
            a3 = h3.and(0xFF0000).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b3, a3);
            FloatVector b7 = FloatVector.broadcast(FLOATS, x[first + 7]);
            a0 = h0.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a0);
            a1 = h1.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a1);
            a2 = h2.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a2);
            a3 = h3.lanewise(VectorOperators.LSHR, 24).convert(VectorOperators.I2F, 0).reinterpretAsFloats().fma(b7,
                    a3);
            if (k + 8 == blockEnd) {
                s0 = a0.fma(FloatVector.fromArray(FLOATS, scales, scale), s0);
                s1 = a1.fma(FloatVector.fromArray(FLOATS, scales, scale + FLOAT_LANES), s1);
                s2 = a2.fma(FloatVector.fromArray(FLOATS, scales, scale + 2 * FLOAT_LANES), s2);
                s3 = a3.fma(FloatVector.fromArray(FLOATS, scales, scale + 3 * FLOAT_LANES), s3);
                block++;
                a0 = FloatVector.broadcast(FLOATS, startFactor * blockSums[block]);
                a1 = a0;
                a2 = a0;
                a3 = a0;
                scale += TILE_ROWS;
                blockEnd = Math.min(blockEnd + blockInputs, inputs);
            }
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, FLOAT_LANES);
        s2.intoArray(sums, 2 * FLOAT_LANES);
        s3.intoArray(sums, 3 * FLOAT_LANES);
    }

    @Override
    void unpack(MemorySegment data, long at, int inputs, int blockInputs, boolean minimums, float[] target,
            int targetOffset) {
        assert !minimums;
        ByteVector book = ByteVector.fromArray(ByteVector.SPECIES_PREFERRED, table, 0);
        for (int half = 0; half < inputs; half += HALF) {
            int last = targetOffset + ((half / blockInputs + 1) * blockInputs - 1) * TILE_ROWS;
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                FloatVector scale = FloatVector.fromArray(FLOATS, target, last + v);
                FloatVector zero = FloatVector.fromArray(FLOATS, target, last - TILE_ROWS + v);
                long column = at + byteSize(half / UNIT * UNIT) + (long) v * Float.BYTES;
                for (int i = 0; i < HALF; i++) {
                    int k = half + i & UNIT - 1;
                    IntVector.fromMemorySegment(INTS, data, column + (long) (k / 8) * TILE_WORD_BYTES, ORDER)
                            .lanewise(VectorOperators.LSHR, (k & 1) * 16 + k % 8 / 2 * 4)
                            .and(15)
                            .reinterpretAsBytes()
                            .selectFrom(book)
                            .reinterpretAsInts()
                            .and(0xFF)
                            .convert(VectorOperators.I2F, 0)
                            .reinterpretAsFloats()
                            .sub(zero)
                            .mul(scale)
                            .intoArray(target, targetOffset + (half + i) * TILE_ROWS + v);
                }
            }
        }
    }

    @Override
    boolean hasNibbles() {
        return false;
    }

    @Override
    void unpackCodes(MemorySegment data, long at, int inputs, int centre, MemorySegment target, int targetOffset) {
        ByteVector book = ByteVector.fromArray(ByteVector.SPECIES_PREFERRED, table, 0);
        for (int k = 0; k < inputs; k += 8) {
            long word = at + (long) (k / 8) * TILE_WORD_BYTES;
            for (int v = 0; v < TILE_ROWS; v += FLOAT_LANES) {
                IntVector nibbles = IntVector.fromMemorySegment(INTS, data, word + (long) v * Float.BYTES, ORDER);
                int index = targetOffset + (k * TILE_ROWS / 2 + v) * 2;
                for (int pair = 0; pair < 2; pair++) {
                    IntVector codes = nibbles.lanewise(VectorOperators.LSHR, 4 * pair)
                            .and(0x0F0F0F0F)
                            .reinterpretAsBytes()
                            .selectFrom(book)
                            .reinterpretAsInts();
                    codes.and(0x00FF00FF)
                            .reinterpretAsShorts()
                            .sub((short) centre)
                            .intoMemorySegment(target, 2L * (index + pair * TILE_ROWS * 2), ORDER);
                    codes.lanewise(VectorOperators.LSHR, 8)
                            .and(0x00FF00FF)
                            .reinterpretAsShorts()
                            .sub((short) centre)
                            .intoMemorySegment(target, 2L * (index + (pair + 2) * TILE_ROWS * 2), ORDER);
                }
            }
        }
    }
}
