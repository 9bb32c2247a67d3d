package io.quern.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Weights with their exact values, for tests of packed layouts. */
record MatrixCase(String name, LinearWeights weights, float[][] truth) {
    private static final long SEED = Long.getLong("quern.test.seed", 4);

    static MatrixCase of(BlockWeights weights) {
        float[][] truth = new float[weights.rows()][weights.columns()];
        for (int row = 0; row < weights.rows(); row++) {
            weights.type().dequantize(weights.data(), row * weights.type().byteSize(weights.columns()), truth[row], 0,
                    weights.columns());
        }
        return new MatrixCase(weights.type() + " " + weights.rows() + "x" + weights.columns(), weights, truth);
    }

    static MatrixCase of(RandomGroups weights, String name) {
        float[][] truth = new float[weights.rows()][weights.columns()];
        for (int row = 0; row < weights.rows(); row++) {
            for (int k = 0; k < weights.columns(); k++) {
                truth[row][k] = weights.weight(row, k);
            }
        }
        return new MatrixCase(name, weights, truth);
    }

    /** Every weight type with sizes around those of tiles, blocks and chunks. */
    static Stream<MatrixCase> blocks() {
        List<MatrixCase> cases = new ArrayList<>();
        int tile = CpuConstants.TILE_ROWS;
        int[] rowCounts = {tile + 1, 1, tile - 1, tile, 2 * tile + 3};
        for (TensorType type : TensorType.values()) {
            if (!type.isWeight()) {
                continue;
            }
            int block = type.elementsPerBlock();
            int[] columnCounts = block == 1
                    ? new int[] {300, 1, 31, 256, 545}
                    : block >= 256 ? new int[] {256, 512, 768} : new int[] {block, 256 + block, 768 - block, 256};
            for (int i = 0; i < Math.max(rowCounts.length, columnCounts.length); i++) {
                int rows = rowCounts[i % rowCounts.length];
                int columns = columnCounts[i % columnCounts.length];
                cases.add(of(RandomWeights.blocks(type, rows, columns, new Random(SEED + i))));
            }
        }
        return cases.stream();
    }

    /** Group-quantised weights: bits, group sizes (whole rows and short last groups too), scale types, zero points. */
    static Stream<MatrixCase> groups() {
        List<MatrixCase> cases = new ArrayList<>();
        Random random = new Random(SEED);
        int rows = CpuConstants.TILE_ROWS + 5;
        int[][] shapes = {{64, 32}, {320, 32}, {320, 64}, {640, 96}, {1184, 128}, {800, 160}, {1088, 320}, {1000, 1000},
            {96, 128}};
        for (int bits = 2; bits <= 8; bits++) {
            for (int[] shape : shapes) {
                for (RandomGroups.Zeros zeros : RandomGroups.Zeros.values()) {
                    TensorType scale = List.of(TensorType.F16, TensorType.BF16, TensorType.F32).get(cases.size() % 3);
                    boolean actOrder = cases.size() % 2 == 0;
                    String name =
                            bits + " bits, " + rows + "x" + shape[0] + ", groups of " + shape[1] + ", " + scale + ", "
                                    + zeros + (actOrder ? ", act-order" : "");
                    cases.add(
                            of(new RandomGroups(rows, shape[0], bits, shape[1], scale, zeros, actOrder, random), name));
                }
            }
        }
        return cases.stream();
    }

    static Stream<MatrixCase> all() {
        return Stream.concat(blocks(), groups());
    }

    /** For failure messages. */
    static String reproduce() {
        return "seed " + SEED + ", again with -Dquern.test.seed=" + SEED;
    }

    @Override
    public String toString() {
        return name;
    }
}
