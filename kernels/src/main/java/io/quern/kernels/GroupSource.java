package io.quern.kernels;

import static io.quern.kernels.CpuConstants.TILE_ROWS;

/** Reads group-quantised weights into an integer layout, their inputs in the order in which they are stored. */
final class GroupSource implements ChunkSource {
    private final GroupWeights weights;
    private final int blockInputs;
    private final InputOrder order;
    private final GroupScales codec;
    private final float[] scales = new float[TILE_ROWS];
    private final float[] zeros = new float[TILE_ROWS];
    private final int[] low = new int[TILE_ROWS];
    private final int[] high = new int[TILE_ROWS];

    /** All codes of a tile in natural order, where another is wanted. */
    private long[] tile;

    private int loadedRow = -1;

    GroupSource(GroupWeights weights, int blockInputs, InputOrder order, GroupScales codec) {
        this.weights = weights;
        this.blockInputs = blockInputs;
        this.order = order;
        this.codec = codec;
    }

    @Override
    public void header(int firstRow, int rowCount, int fromColumn, int inputs, int[] words) {
        int firstGroup = fromColumn / blockInputs;
        int blocks = Chunks.ceilDiv(inputs, blockInputs);
        int second = codec.scaleWords(blocks);
        for (int block = 0; block < blocks; block++) {
            int group = firstGroup + block;
            weights.scales(group, firstRow, rowCount, scales);
            put(words, 0, block, scales, rowCount);
            switch (codec.offset()) {
                case COMMON_ZERO -> {}
                case MINIMUM -> {
                    weights.zeros(group, firstRow, rowCount, zeros);
                    put(words, second, block, zeros, rowCount);
                }
                case ZERO -> {
                    weights.zeros(group, firstRow, rowCount, zeros);
                    for (int lane = 0; lane < rowCount; lane++) {
                        BlockReader.putByte(words, second, block, lane,
                                checkedZero(zeros[lane], firstRow + lane, group));
                    }
                }
            }
        }
    }

    private static int checkedZero(float zero, int row, int group) {
        if (zero != (int) zero || zero < 0 || zero > 255) {
            throw new IllegalArgumentException("zero point " + zero + " of row " + row + ", group " + group
                    + " is not an integer of 0 to 255");
        }
        return (int) zero;
    }

    private void put(int[] words, int firstWord, int block, float[] values, int rowCount) {
        for (int lane = 0; lane < rowCount; lane++) {
            switch (codec.type()) {
                case F16 -> BlockReader.putShort(words, firstWord, block, lane, Float.floatToFloat16(values[lane]));
                case BF16 ->
                    BlockReader.putShort(words, firstWord, block, lane, Float.floatToRawIntBits(values[lane]) >>> 16);
                default -> words[(firstWord + block) * TILE_ROWS + lane] = Float.floatToRawIntBits(values[lane]);
            }
        }
    }

    @Override
    public void codes(int firstRow, int rowCount, int fromColumn, int inputs, long[] codes) {
        int count = Math.min(inputs, weights.columns() - fromColumn);
        if (order == null) {
            weights.codes(firstRow, rowCount, fromColumn, count, codes, TILE_ROWS);
            return;
        }
        loadTile(firstRow, rowCount);
        for (int first = 0; first < count; first += 8) {
            gather(fromColumn + first, low);
            gather(fromColumn + first + 4, high);
            long inputsThere = -1L >>> 64 - 8 * Math.min(8, count - first);
            int at = first / 8 * TILE_ROWS;
            for (int lane = 0; lane < rowCount; lane++) {
                codes[at + lane] = (low[lane] & 0xFFFF_FFFFL | (long) high[lane] << 32) & inputsThere;
            }
        }
    }

    /** Puts the codes of four inputs side by side; beyond the last input anything. */
    private void gather(int position, int[] target) {
        int last = weights.columns() - 1;
        int a = order.inputAt(Math.min(position, last));
        int b = order.inputAt(Math.min(position + 1, last));
        int c = order.inputAt(Math.min(position + 2, last));
        int d = order.inputAt(Math.min(position + 3, last));
        gather(tile, a / 8 * TILE_ROWS, a % 8 * 8, b / 8 * TILE_ROWS, b % 8 * 8, c / 8 * TILE_ROWS, c % 8 * 8,
                d / 8 * TILE_ROWS, d % 8 * 8, target);
    }

    /** The compiler makes vectors of a loop of four, not of eight, with a target that cannot be the source. */
    private static void gather(
            long[] tile, int a, int downA, int b, int downB, int c, int downC, int d, int downD, int[] target) {
        for (int lane = 0; lane < TILE_ROWS; lane++) {
            target[lane] = (int) (tile[a + lane] >>> downA) & 0xFF | ((int) (tile[b + lane] >>> downB) & 0xFF) << 8
                    | ((int) (tile[c + lane] >>> downC) & 0xFF) << 16 | (int) (tile[d + lane] >>> downD) << 24;
        }
    }

    /** Shuffled inputs are picked from all inputs of the tile: one by one they would be read from all over the file. */
    private void loadTile(int firstRow, int rowCount) {
        if (tile == null) {
            tile = new long[Chunks.ceilDiv(weights.columns(), 8) * TILE_ROWS];
        }
        if (firstRow != loadedRow) {
            weights.codes(firstRow, rowCount, 0, weights.columns(), tile, TILE_ROWS);
            loadedRow = firstRow;
        }
    }
}
