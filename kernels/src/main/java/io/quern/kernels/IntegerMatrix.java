package io.quern.kernels;

import static io.quern.kernels.BlockQuantizer.HALF;
import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.TILE_ROWS;
import static io.quern.kernels.CpuConstants.TILE_WORD_BYTES;
import static io.quern.kernels.VectorIntegerTiles.CODE_BYTES;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Integer codes with a scale, and a zero point or minimum, for each block of inputs. A tile is a sequence of chunks, a
 * chunk its blocks' scales ({@link ScaleCodec}) and then its codes ({@link CodePlane}).
 *
 * <p>Products with floats sum {@code code * x} with unsigned codes as they are, those with integers codes less the
 * plane's middle; zero points and minimums are settled once a block with the sum of its inputs.
 */
final class IntegerMatrix extends TiledMatrix implements IntegerTiles {
    final ScaleCodec scaleCodec;
    final CodePlane plane;

    /** Inputs of a scale block. */
    final int blockInputs;

    private final MemorySegment data;
    private final InputOrder inputOrder;
    private final InputForm floatForm;

    /** Null if there is no kernel for integers. */
    private final InputForm integerForm;

    private final int paddedColumns;
    private final int chunkInputs;
    private final long chunkBytes;
    private final long tileBytes;
    private final int centre;

    IntegerMatrix(IntegerShape shape, MemorySegment data, InputOrder inputOrder) {
        super(shape.rows(), shape.columns());
        this.scaleCodec = shape.scaleCodec();
        this.plane = shape.plane();
        this.blockInputs = shape.blockInputs();
        this.paddedColumns = Chunks.padded(shape.columns());
        this.chunkInputs = shape.chunkInputs();
        this.chunkBytes = shape.chunkBytes(chunkInputs);
        this.tileBytes = shape.tileBytes();
        this.data = data;
        this.inputOrder = inputOrder;
        this.centre = scaleCodec.commonZero() >= 0 ? scaleCodec.commonZero() : 1 << plane.bits - 1;
        this.floatForm = new InputForm(inputOrder, blockInputs, plane.floatTerms(), null);
        this.integerForm = integerForm();
    }

    @Override
    public String layout() {
        return plane.description() + " g" + blockInputs + " + " + scaleCodec.description()
                + (inputOrder == null ? "" : ", inputs reordered");
    }

    @Override
    public long byteSize() {
        return data.byteSize();
    }

    @Override
    public InputOrder inputOrder() {
        return inputOrder;
    }

    @Override
    public int scaleInputs() {
        return blockInputs;
    }

    @Override
    public int minimumCode() {
        return -centre;
    }

    @Override
    public int maximumCode() {
        return plane.maximumCode() - centre;
    }

    @Override
    public boolean hasMinimums() {
        return scaleCodec.commonZero() < 0;
    }

    /** Sums of a run have the plane's middle as their centre, whatever the zero points are. */
    private InputForm integerForm() {
        IntegerTerms terms = plane.integerTerms();
        if (terms == null) {
            return null;
        }
        InputForm.Integers integers = new InputForm.Integers(terms, 1 << plane.bits - 1);
        return new InputForm(inputOrder, blockInputs, null, integers);
    }

    @Override
    InputForm inputForm(Activations.Precision precision) {
        return precision == Activations.Precision.INTEGER && integerForm != null ? integerForm : floatForm;
    }

    @Override
    void addTile(int tile, VectorActivations.Prepared x, VectorScratch scratch) {
        scratch.blockInputs = blockInputs;
        boolean integer = x.isInteger();
        int centred = integer ? integerForm.integers().centre() : 0;
        long chunk = tile * tileBytes;
        for (int from = 0; from < paddedColumns; from += chunkInputs) {
            int inputs = Math.min(chunkInputs, paddedColumns - from);
            int blocks = Chunks.ceilDiv(inputs, blockInputs);
            scaleCodec.begin(data, chunk, blocks, integer ? x.integers.sums : x.sums, from / blockInputs, scratch);
            long codes = chunk + (long) scaleCodec.headerWords(blocks) * TILE_WORD_BYTES;
            // A chunk of one long block is taken in pieces, which bounds the length of a sum.
            int step = blocks == 1 ? Chunks.INPUTS : inputs;
            float startFactor = centred - Math.max(0, scaleCodec.commonZero());
            for (int piece = 0; piece < inputs; piece += step) {
                scratch.from = from + piece;
                scratch.inputs = Math.min(step, inputs - piece);
                if (integer) {
                    scratch.startFactor = startFactor;
                    plane.accumulate(data, codes + plane.byteSize(piece), x.integers, scratch);
                } else {
                    scratch.startFactor = piece == 0 ? startFactor : 0;
                    plane.accumulate(data, codes + plane.byteSize(piece), x.values, x.sums, scratch);
                }
            }
            chunk += chunkBytes;
        }
    }

    @Override
    void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset) {
        int limit = Math.min(paddedColumns, fromColumn + Chunks.padded(columnCount));
        int from = fromColumn;
        while (from < limit) {
            int pieceLimit = pieceLimit(from, limit);
            int at = targetOffset + (from - fromColumn) * TILE_ROWS;
            int blocks = Chunks.ceilDiv(pieceLimit - from, blockInputs);
            int stride = blocks == 1 ? pieceLimit - from : blockInputs;
            int last = at + (stride - 1) * TILE_ROWS;
            decodeScales(tile, from, blocks, target, last, target, last - TILE_ROWS, stride * TILE_ROWS);
            for (int i = 0; i < blocks && !hasMinimums(); i++) {
                int zeros = last - TILE_ROWS + i * stride * TILE_ROWS;
                Arrays.fill(target, zeros, zeros + TILE_ROWS, scaleCodec.commonZero());
            }
            plane.unpack(data, codes(tile, from), pieceLimit - from, stride, scaleCodec.hasMinimums(), target, at);
            from = pieceLimit;
        }
        if (limit > columns()) {
            int padding = targetOffset + (Math.max(columns(), fromColumn) - fromColumn) * TILE_ROWS;
            Arrays.fill(target, padding, targetOffset + (limit - fromColumn) * TILE_ROWS, 0);
        }
    }

    /** The end of a piece that lies in one chunk and holds only whole blocks, or a part of one. */
    private int pieceLimit(int from, int limit) {
        int chunkEnd = Math.min(limit, (from / chunkInputs + 1) * chunkInputs);
        int blockEnd = (from / blockInputs + 1) * blockInputs;
        if (from % blockInputs != 0 || blockEnd > chunkEnd) {
            return Math.min(blockEnd, chunkEnd);
        }
        return chunkEnd / blockInputs * blockInputs;
    }

    private void decodeScales(int tile, int from, int blocks, float[] scales, int scaleOffset, float[] offsets,
            int offsetOffset, int stride) {
        scaleCodec.decode(data, chunk(tile, from), chunkBlocks(from), from % chunkInputs / blockInputs, blocks, scales,
                scaleOffset, offsets, offsetOffset, stride);
    }

    private long chunk(int tile, int column) {
        return tile * tileBytes + column / chunkInputs * chunkBytes;
    }

    private int chunkBlocks(int column) {
        return Chunks.ceilDiv(Math.min(chunkInputs, paddedColumns - column / chunkInputs * chunkInputs), blockInputs);
    }

    /** Byte offset of the codes of an input, a multiple of 32. */
    private long codes(int tile, int column) {
        return chunk(tile, column) + (long) scaleCodec.headerWords(chunkBlocks(column)) * TILE_WORD_BYTES
                + plane.byteSize(column % chunkInputs);
    }

    @Override
    public void unpackCodes(int tile, int fromColumn, int columnCount, MemorySegment target, int targetOffset) {
        int limit = Math.min(paddedColumns, fromColumn + Chunks.padded(columnCount));
        for (int from = fromColumn; from < limit;) {
            int pieceLimit = Math.min(limit, (from / chunkInputs + 1) * chunkInputs);
            plane.unpackCodes(data, codes(tile, from), pieceLimit - from, centre, target,
                    targetOffset + (from - fromColumn) * TILE_ROWS);
            from = pieceLimit;
        }
    }

    @Override
    public void unpackRowPairs(
            int tile, int fromColumn, int columnCount, MemorySegment codes, MemorySegment starts) {
        if (!plane.hasNibbles()) {
            IntegerTiles.super.unpackRowPairs(tile, fromColumn, columnCount, codes, starts);
            return;
        }
        int limit = Math.min(paddedColumns, fromColumn + Chunks.padded(columnCount));
        for (int from = fromColumn; from < limit;) {
            int pieceLimit = Math.min(limit, (from / chunkInputs + 1) * chunkInputs);
            long at = (from - fromColumn) * (long) CODE_BYTES;
            VectorUnpacker.unpackNibblePairs(data, codes(tile, from), pieceLimit - from, centre, codes.asSlice(at),
                    starts.asSlice(at / HALF));
            from = pieceLimit;
        }
    }

    @Override
    public void unpackScales(int tile, int fromColumn, int columnCount, float[] scales, float[] minimums, int offset) {
        int limit = Math.min(paddedColumns, fromColumn + Chunks.padded(columnCount));
        int at = offset;
        for (int from = fromColumn; from < limit;) {
            int pieceLimit = Math.min(limit, (from / chunkInputs + 1) * chunkInputs);
            int blocks = Chunks.ceilDiv(pieceLimit, blockInputs) - from / blockInputs;
            decodeScales(tile, from, blocks, scales, at, minimums, at, TILE_ROWS);
            if (hasMinimums()) {
                centre(scales, minimums, at, at + blocks * TILE_ROWS);
            }
            at += blocks * TILE_ROWS;
            from = pieceLimit;
        }
    }

    /** Turns offsets of unsigned codes into minimums of codes that are smaller by the centre. */
    private void centre(float[] scales, float[] minimums, int from, int limit) {
        boolean minimum = scaleCodec.hasMinimums();
        for (int i = from; i < limit; i += FLOAT_LANES) {
            FloatVector scale = FloatVector.fromArray(FLOATS, scales, i);
            FloatVector offset = FloatVector.fromArray(FLOATS, minimums, i);
            FloatVector centred = minimum ? scale.mul(centre).add(offset) : scale.mul(offset.neg().add(centre));
            centred.intoArray(minimums, i);
        }
    }
}
