package io.quern.measure;

import io.quern.kernels.PeakKernels;
import io.quern.model.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What the machine can do at best, with all workers at once: the median of several rounds, since other programs disturb
 * single ones.
 *
 * @param readBytesPerSecond from memory, far more than the caches hold
 * @param multiplyAddsPerSecond of f32 fused multiply-adds on values in registers
 */
public record MachinePeaks(double readBytesPerSecond, double multiplyAddsPerSecond) {
    private static final long BYTES = 1L << 29;
    private static final int ROUNDS = 7;
    private static final int WARM_UP = 3;
    private static final int CHUNKS_PER_WORKER = 64;
    private static final int FMA_ROUNDS = 1 << 14;

    /** Measures for about a second. */
    public static MachinePeaks measure(Workers workers) {
        return new MachinePeaks(measureReading(workers), measureMultiplyAdd(workers));
    }

    private static double measureReading(Workers workers) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment data = arena.allocate(BYTES, 64);
            int chunks = CHUNKS_PER_WORKER * workers.threadCount();
            long chunkBytes = BYTES / chunks;
            int[] sums = new int[chunks];
            Workers.Task task = (chunk, worker) -> sums[chunk] =
                    PeakKernels.read(data, chunk * chunkBytes, (chunk + 1) * chunkBytes);
            double seconds = medianSeconds(() -> workers.run(chunks, task));
            if (Arrays.stream(sums).sum() != 0) {
                throw new AssertionError("fresh memory is not zero");
            }
            return chunkBytes * chunks / seconds;
        }
    }

    private static double measureMultiplyAdd(Workers workers) {
        int chunks = CHUNKS_PER_WORKER * workers.threadCount();
        float[] sums = new float[chunks];
        Workers.Task task = (chunk, worker) -> sums[chunk] = PeakKernels.multiplyAdd(FMA_ROUNDS);
        double seconds = medianSeconds(() -> workers.run(chunks, task));
        for (float sum : sums) {
            if (!(sum > 0)) {
                throw new AssertionError("the multiply-adds were not done");
            }
        }
        return (double) PeakKernels.roundMultiplyAdds() * FMA_ROUNDS * chunks / seconds;
    }

    private static double medianSeconds(Runnable work) {
        double[] seconds = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long start = System.nanoTime();
            work.run();
            if (round >= 0) {
                seconds[round] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        return seconds[ROUNDS / 2];
    }
}
