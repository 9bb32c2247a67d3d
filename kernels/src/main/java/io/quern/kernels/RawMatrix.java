package io.quern.kernels;

import static io.quern.kernels.CpuConstants.FLOATS;
import static io.quern.kernels.CpuConstants.FLOAT_LANES;
import static io.quern.kernels.CpuConstants.TILE_ROWS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Blocks as the file has them, row after row, for the formats whose codes are indices into large tables: one row's
 * blocks are dequantised to a buffer and multiplied there.
 */
final class RawMatrix extends TiledMatrix {
    private final TensorType type;
    private final MemorySegment data;
    private final long rowBytes;
    private final InputForm inputForm;

    private RawMatrix(BlockWeights weights, MemorySegment data) {
        super(weights.rows(), weights.columns());
        this.type = weights.type();
        this.data = data;
        this.inputForm = InputForm.of(FloatTerms.PLAIN, Chunks.PADDING);
        this.rowBytes = type.byteSize(weights.columns());
    }

    static Packer packer(BlockWeights weights, Arena arena) {
        MemorySegment data = arena.allocate(weights.data().byteSize(), 64);
        long rowBytes = weights.type().byteSize(weights.columns());
        return new Packer() {
            @Override
            public int tileCount() {
                return TiledMatrix.tileCount(weights.rows());
            }

            @Override
            public long byteSize() {
                return data.byteSize();
            }

            @Override
            public void packTiles(int fromTile, int tileLimit) {
                long from = fromTile * TILE_ROWS * rowBytes;
                long limit = Math.min(weights.rows(), tileLimit * TILE_ROWS) * rowBytes;
                MemorySegment.copy(weights.data(), from, data, from, limit - from);
            }

            @Override
            public PackedMatrix finish() {
                return new RawMatrix(weights, data);
            }
        };
    }

    @Override
    public String layout() {
        return type + " blocks";
    }

    @Override
    public long byteSize() {
        return data.byteSize();
    }

    private void dequantize(int row, int column, int count, float[] target) {
        type.dequantize(data, row * rowBytes + type.byteSize(column), target, 0, count);
    }

    /** Allocates a row's buffer: blocks may be longer than the piece, so that they cannot be unpacked in place. */
    @Override
    void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset) {
        int blockInputs = type.elementsPerBlock();
        int from = fromColumn / blockInputs * blockInputs;
        int limit = Math.min(columns(), Chunks.ceilDiv(fromColumn + columnCount, blockInputs) * blockInputs);
        int wanted = Math.min(Chunks.padded(columnCount), Chunks.padded(columns()) - fromColumn);
        Arrays.fill(target, targetOffset, targetOffset + wanted * TILE_ROWS, 0);
        float[] buffer = new float[limit - from];
        for (int lane = 0; lane < rowsOfTile(tile, rows()); lane++) {
            dequantize(tile * TILE_ROWS + lane, from, limit - from, buffer);
            for (int k = 0; k < Math.min(wanted, limit - fromColumn); k++) {
                target[targetOffset + k * TILE_ROWS + lane] = buffer[fromColumn - from + k];
            }
        }
    }

    @Override
    InputForm inputForm(Activations.Precision precision) {
        return inputForm;
    }

    @Override
    void addTile(int tile, VectorActivations.Prepared x, VectorScratch scratch) {
        float[] buffer = scratch.weights;
        for (int lane = 0; lane < rowsOfTile(tile, rows()); lane++) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            for (int from = 0; from < columns(); from += Chunks.INPUTS) {
                int count = Math.min(Chunks.INPUTS, columns() - from);
                dequantize(tile * TILE_ROWS + lane, from, count, buffer);
                for (int k = 0; k < count; k += 2 * FLOAT_LANES) {
                    a0 = FloatVector.fromArray(FLOATS, buffer, k).fma(FloatVector.fromArray(FLOATS, x.values, from + k),
                            a0);
                    a1 = FloatVector.fromArray(FLOATS, buffer, k + FLOAT_LANES)
                            .fma(FloatVector.fromArray(FLOATS, x.values, from + k + FLOAT_LANES), a1);
                }
            }
            a0.add(a1).intoArray(buffer, 0);
            float sum = 0; // in one order: that of reduceLanes differs between compiled code and the rest
            for (int i = 0; i < FLOAT_LANES; i++) {
                sum += buffer[i];
            }
            scratch.sums[lane] += sum;
        }
    }
}
