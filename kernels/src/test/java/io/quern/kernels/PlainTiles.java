package io.quern.kernels;

import java.util.Random;

/** The simplest tiled layout: f32 weights row by row, unpacked by the contract's own words. */
final class PlainTiles extends TiledMatrix {
    private final float[] weights;

    PlainTiles(int rows, int columns, float[] weights) {
        super(rows, columns);
        this.weights = weights;
    }

    static PlainTiles random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[] weights = new float[rows * columns];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        return new PlainTiles(rows, columns, weights);
    }

    @Override
    void unpackTile(int tile, int fromColumn, int columnCount, float[] target, int targetOffset) {
        for (int k = 0; k < columnCount; k++) {
            for (int lane = 0; lane < tileRows(); lane++) {
                int row = tile * tileRows() + lane;
                boolean inside = row < rows() && fromColumn + k < columns();
                target[targetOffset + k * tileRows() + lane] = inside ? weights[row * columns() + fromColumn + k] : 0;
            }
        }
    }

    @Override
    InputForm inputForm(Activations.Precision precision) {
        throw new UnsupportedOperationException("matrix-matrix products alone");
    }

    @Override
    void addTile(int tile, VectorActivations.Prepared x, VectorScratch scratch) {
        throw new UnsupportedOperationException("matrix-matrix products only");
    }

    @Override
    public String layout() {
        return "plain f32";
    }

    @Override
    public long byteSize() {
        return 4L * weights.length;
    }
}
